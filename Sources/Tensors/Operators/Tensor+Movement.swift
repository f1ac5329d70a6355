/// Elements in another order.
extension Tensor {
    /// A copy with other dimensions first.
    ///
    /// - Parameter order: For each dimension of the result, which one of this tensor it is.
    /// - Returns: The copy.
    public func permuted(_ order: [Int]) -> Tensor {
        precondition(order.sorted() == Array(0..<rank), "\(order) is no order of the dimensions of \(shape)")
        let strides = shape.strides
        let result = Tensor(
            uninitialized: Shape(order.map { shape.dimensions[$0] }), dtype: dtype, on: storage.pool)
        backend.permute(detached, strides: order.map { strides[$0] }, into: result)
        return result.recorded(from: [self]) { flow in
            guard flow.wants(0) else { return }
            var inverse = [Int](repeating: 0, count: order.count)
            for (place, dimension) in order.enumerated() { inverse[dimension] = place }
            flow.add(flow.gradient.permuted(inverse), to: 0)
        }
    }

    /// A copy with two dimensions exchanged, the last two by default.
    public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
        var order = Array(0..<rank)
        order.swapAt(index(of: first), index(of: second))
        return permuted(order)
    }

    /// Tensors behind each other along a dimension; all other sizes are equal.
    public static func concatenated(_ tensors: [Tensor], along dimension: Int = 0) -> Tensor {
        guard let first = tensors.first else { preconditionFailure("At least one tensor is concatenated") }
        let index = first.index(of: dimension)
        let sizes = first.shape.dimensions
        precondition(
            tensors.allSatisfy {
                $0.dtype == first.dtype && $0.rank == first.rank
                    && $0.shape.dimensions[..<index] == sizes[..<index]
                    && $0.shape.dimensions[(index + 1)...] == sizes[(index + 1)...]
            }, "Shapes \(tensors.map(\.shape)) cannot be concatenated along dimension \(dimension)")
        let lengths = tensors.map { $0.size(index) }
        let shape = Shape(sizes[..<index] + [lengths.reduce(0, +)] + sizes[(index + 1)...])
        let result = Tensor(uninitialized: shape, dtype: first.dtype, on: first.storage.pool)
        var start = 0
        for (tensor, length) in zip(tensors, lengths) {
            result.exchange(with: tensor, along: index, from: start, isRead: false)
            start += length
        }
        return result.recorded(from: tensors) { flow in
            var start = 0
            for (number, length) in lengths.enumerated() {
                if flow.wants(number) {
                    flow.add(flow.gradient.slice(along: index, from: start, count: length), to: number)
                }
                start += length
            }
        }
    }

    /// A copy of some of the entries of a dimension.
    public func slice(along dimension: Int, _ range: Range<Int>) -> Tensor {
        let index = index(of: dimension)
        precondition(
            range.lowerBound >= 0 && range.upperBound <= size(index),
            "A tensor of shape \(shape) has no entries \(range)")
        let part = slice(along: index, from: range.lowerBound, count: range.count)
        return part.recorded(from: [self]) { [shape] flow in
            var whole = Tensor(filledWith: 0, shape: shape, like: flow.gradient)
            whole.exchange(with: flow.gradient, along: index, from: range.lowerBound, isRead: false)
            if let partial = flow.takePartialGradient(of: 0) { whole.accumulate(partial) }
            flow.add(whole, to: 0)
        }
    }

    private func slice(along index: Int, from start: Int, count: Int) -> Tensor {
        let sizes = shape.dimensions
        let part = Tensor(
            uninitialized: Shape(sizes[..<index] + [count] + sizes[(index + 1)...]), dtype: dtype, on: storage.pool)
        exchange(with: part, along: index, from: start, isRead: true)
        return part
    }

    /// Copies a part to or from a smaller tensor.
    private func exchange(with part: Tensor, along index: Int, from start: Int, isRead: Bool) {
        let inner = shape.dimensions[(index + 1)...].reduce(1, *) * elementByteCount
        let (ownStride, partStride) = (size(index) * inner, part.size(index) * inner)
        let own = memory + start * inner
        backend.copyBlocks(
            from: isRead ? own : part.memory, stride: isRead ? ownStride : partStride, to: isRead ? part.memory : own,
            stride: isRead ? partStride : ownStride, byteCount: partStride,
            count: shape.dimensions[..<index].reduce(1, *), on: device)
    }
}
