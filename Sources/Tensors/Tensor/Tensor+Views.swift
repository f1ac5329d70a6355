extension Tensor {
    /// The same elements in another shape; nothing is copied.
    public func reshaped(_ shape: Shape) -> Tensor {
        precondition(
            shape.elementCount == elementCount, "A tensor of shape \(self.shape) cannot get the shape \(shape)")
        let result = Tensor(shape: shape, dtype: dtype, storage: storage, byteOffset: byteOffset)
        guard node != nil else { return result }
        let original = self.shape
        return result.recorded(from: [self]) { flow in flow.add(flow.gradient.reshaped(original), to: 0) }
    }

    /// Some of the entries of the first dimension; nothing is copied.
    public subscript(range: Range<Int>) -> Tensor {
        precondition(
            rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape.dimensions[0],
            "A tensor of shape \(shape) has no entries \(range)")
        let entryCount = shape.dimensions.dropFirst().reduce(1, *)
        let start = range.lowerBound * entryCount * elementByteCount
        let sizes = [range.count] + shape.dimensions.dropFirst()
        let result = Tensor(shape: Shape(sizes), dtype: dtype, storage: storage, byteOffset: byteOffset + start)
        guard node != nil else { return result }
        let original = shape
        return result.recorded(from: [self]) { flow in
            let whole = flow.gradientToAddTo(0, shape: original, like: flow.gradient)
            let part = whole[range]
            part.arithmetic.accumulate(flow.gradient, weight: 1, into: part)
            flow.add(whole, to: 0)
        }
    }

    /// One entry of the first dimension; nothing is copied.
    public subscript(index: Int) -> Tensor {
        self[index..<index + 1].reshaped(Shape(Array(shape.dimensions.dropFirst())))
    }
}
