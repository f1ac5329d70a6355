/// Sums over dimensions.
extension Tensor {
    /// The sum over a dimension, which goes, or stays with size 1.
    public func sum(over dimension: Int, keepsDimension: Bool = false) -> Tensor {
        let index = index(of: dimension)
        let sizes = shape.dimensions
        let (outer, middle, inner) = (
            sizes[..<index].reduce(1, *), sizes[index], sizes[(index + 1)...].reduce(1, *)
        )
        let kept = sizes[..<index] + [1] + sizes[(index + 1)...]
        let result = Tensor(
            uninitialized: keepsDimension ? Shape(Array(kept)) : Shape(Array(sizes[..<index] + sizes[(index + 1)...])),
            like: self)
        arithmetic.sum(self, outer: outer, middle: middle, inner: inner, into: result)
        return result.recorded(from: [self]) { [shape] flow in
            guard flow.wants(0) else { return }
            flow.add(flow.gradient.reshaped(Shape(Array(kept))).broadcast(to: shape), to: 0)
        }
    }

    /// The sum of all elements.
    public func sum() -> Tensor { reshaped([elementCount]).sum(over: 0) }

    /// The mean over a dimension, which goes, or stays with size 1.
    public func mean(over dimension: Int, keepsDimension: Bool = false) -> Tensor {
        sum(over: dimension, keepsDimension: keepsDimension) / Double(size(dimension))
    }

    /// The mean of all elements.
    public func mean() -> Tensor { sum() / Double(elementCount) }

    /// The same entries as often as a larger shape has them.
    public func broadcast(to shape: Shape) -> Tensor {
        self + Tensor(filledWith: 0, shape: shape, like: self)
    }

    /// Rows divided by their Euclidean norm: x / max(‖x‖, epsilon) over the last dimension.
    public func normalized(epsilon: Double = 1e-12) -> Tensor {
        let squares = applying(.square).sum(over: -1, keepsDimension: true)
        // The norm is bounded from below by adding nothing where it is large enough.
        return self / squares.clampedBelow(epsilon * epsilon).applying(.squareRoot)
    }

    /// max(x, bound), by x − bound where that is positive.
    private func clampedBelow(_ bound: Double) -> Tensor { (self - bound).applying(.relu) + bound }

    /// In each row the number of the first of the largest elements, `int64`; rows go over the last dimension.
    public func argmax() -> Tensor {
        precondition(rank > 0 && columnCount > 0, "Rows without elements have no largest one")
        let sizes = Shape(Array(shape.dimensions.dropLast()))
        let result = Tensor(uninitialized: sizes, dtype: .int64, on: storage.pool)
        arithmetic.argmax(self, rows: rowCount, columns: columnCount, into: result)
        return result
    }
}
