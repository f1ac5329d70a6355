extension Tensor {
    /// Its elements, row by row.
    ///
    /// - Parameter type: What they are read as: the type of the tensor, which is not converted.
    /// - Returns: All elements.
    public func array<Element: TensorElement>(of type: Element.Type = Element.self) -> [Element] {
        precondition(Element.dtype == dtype, "Elements of type \(dtype) are not read as \(type)")
        return [Element](unsafeUninitializedCapacity: elementCount) { buffer, initialized in
            // The buffer may be larger than asked for.
            let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<elementCount]))
            backend.download(memory, to: bytes, on: device)
            initialized = elementCount
        }
    }

    /// The only element of a tensor of `float32` or `float64`.
    public var number: Double {
        precondition(elementCount == 1, "A tensor of shape \(shape) is not a single number")
        return dtype == .float64 ? array(of: Double.self)[0] : Double(array(of: Float.self)[0])
    }

    /// Gives its elements to a function, without a copy if they are in the host's memory.
    ///
    /// - Parameter body: Must not keep the buffer.
    /// - Returns: What the function returns.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        guard device.kind != .cpu else {
            defer { withExtendedLifetime(storage) {} }
            return try body(UnsafeRawBufferPointer(start: memory, count: byteCount))
        }
        let copy = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<byteCount]))
            backend.download(memory, to: bytes, on: device)
            initialized = byteCount
        }
        return try copy.withUnsafeBytes(body)
    }
}
