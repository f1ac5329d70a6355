extension CPUBackend {
    /// Copies bytes.
    public func copy(
        from source: UnsafeRawPointer, to destination: UnsafeMutableRawPointer, byteCount: Int, on device: Device
    ) {
        destination.copyMemory(from: source, byteCount: byteCount)
    }

    /// Copies blocks of bytes.
    public func copyBlocks(
        from source: UnsafeRawPointer, stride sourceStride: Int, to destination: UnsafeMutableRawPointer,
        stride destinationStride: Int, byteCount: Int, count: Int, on device: Device
    ) {
        for block in 0..<count {
            (destination + block * destinationStride).copyMemory(
                from: source + block * sourceStride, byteCount: byteCount)
        }
    }

    /// Permutes dimensions.
    public func permute(_ x: Tensor, strides: [Int], into result: Tensor) {
        switch x.elementByteCount {
        case 1: permute(x, strides, result, as: UInt8.self)
        case 2: permute(x, strides, result, as: UInt16.self)
        case 4: permute(x, strides, result, as: UInt32.self)
        default: permute(x, strides, result, as: UInt64.self)
        }
    }

    private func permute<Bits: BitwiseCopyable>(_ x: Tensor, _ strides: [Int], _ result: Tensor, as _: Bits.Type) {
        let source = UnsafePointer(x.memory.assumingMemoryBound(to: Bits.self))
        let destination = result.memory.assumingMemoryBound(to: Bits.self)
        let (rowLength, step) = (result.columnCount, strides.last ?? 0)
        let rows = StridedWalk(
            dimensions: zip(result.shape.dimensions, strides).dropLast().map { size, stride in
                StridedWalk.Dimension(size: size, aStride: stride, bStride: 0)
            })
        var row = destination
        rows.forEach { start, _ in
            for i in 0..<rowLength { row[i] = source[start + i * step] }
            row += rowLength
        }
    }

    /// Copies rows by their numbers.
    public func gatherRows(_ x: Tensor, at indices: Tensor, into result: Tensor) {
        let indices = UnsafePointer(indices.memory.assumingMemoryBound(to: Int64.self))
        let rowByteCount = x.columnCount * x.elementByteCount
        for row in 0..<result.rowCount {
            (result.memory + row * rowByteCount).copyMemory(
                from: x.memory + Int(indices[row]) * rowByteCount, byteCount: rowByteCount)
        }
    }

    /// Converts numbers, through `float32` if need be.
    public func convert(_ x: Tensor, into result: Tensor) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: x.memory, count: x.byteCount)
        guard let decoder = ElementDecoder(x.dtype), let encoder = ElementEncoder(result.dtype) else { return false }
        let target = UnsafeMutableRawBufferPointer(start: result.memory, count: result.byteCount)
        if result.dtype == .float32 {
            decoder.decode(bytes, into: target.assumingMemoryBound(to: Float.self))
        } else {
            let numbers = x.dtype == .float32 ? x : Tensor(uninitialized: x.shape, dtype: .float32, on: .cpu)
            let floats = UnsafeMutableBufferPointer(
                start: numbers.memory.assumingMemoryBound(to: Float.self), count: x.elementCount)
            if x.dtype != .float32 { decoder.decode(bytes, into: floats) }
            encoder.encode(UnsafeBufferPointer(floats), into: target)
            withExtendedLifetime(numbers) {}
        }
        return true
    }

    /// Arithmetic in `float32` and `float64`.
    public func arithmetic(for dtype: DType) -> (any ArithmeticPrimitives)? {
        switch dtype {
        case .float32: CPUArithmetic<Float>()
        case .float64: CPUArithmetic<Double>()
        default: nil
        }
    }
}
