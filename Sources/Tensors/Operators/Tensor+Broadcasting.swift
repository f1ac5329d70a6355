/// Operations of two tensors, element by element.
///
/// Shapes are compared from their last dimension on. A dimension of size 1, or one that is missing, stands for as many equal
/// entries as the other tensor has.
extension Tensor {
    /// The sum.
    public static func + (a: Tensor, b: Tensor) -> Tensor {
        combined(.add, a, b).recorded(from: [a, b]) { [aShape = a.shape, bShape = b.shape] flow in
            flow.add(flow.gradient, to: 0, summedTo: aShape)
            flow.add(flow.gradient, to: 1, summedTo: bShape)
        }
    }

    /// The difference.
    public static func - (a: Tensor, b: Tensor) -> Tensor {
        combined(.subtract, a, b).recorded(from: [a, b]) { [aShape = a.shape, bShape = b.shape] flow in
            flow.add(flow.gradient, to: 0, summedTo: aShape)
            if flow.wants(1) { flow.add(-flow.gradient, to: 1, summedTo: bShape) }
        }
    }

    /// The product.
    public static func * (a: Tensor, b: Tensor) -> Tensor {
        combined(.multiply, a, b).recorded(from: [a, b]) { [a = a.detached, b = b.detached] flow in
            if flow.wants(0) { flow.add(combined(.multiply, flow.gradient, b), to: 0, summedTo: a.shape) }
            if flow.wants(1) { flow.add(combined(.multiply, flow.gradient, a), to: 1, summedTo: b.shape) }
        }
    }

    /// The quotient.
    public static func / (a: Tensor, b: Tensor) -> Tensor {
        combined(.divide, a, b).recorded(from: [a, b]) { [a = a.detached, b = b.detached] flow in
            let byB = combined(.divide, flow.gradient, b)
            flow.add(byB, to: 0, summedTo: a.shape)
            guard flow.wants(1) else { return }
            let quotient = combined(.divide, a, b)
            flow.add(combined(.multiply, byB, quotient).scaled(by: -1), to: 1, summedTo: b.shape)
        }
    }

    private static func combined(_ operation: ElementwiseOperation, _ a: Tensor, _ b: Tensor) -> Tensor {
        precondition(a.dtype == b.dtype, "Operands have one type, not \(a.dtype) and \(b.dtype)")
        guard let shape = Shape(broadcasting: a.shape, b.shape) else {
            preconditionFailure("Shapes \(a.shape) and \(b.shape) do not fit together")
        }
        let result = Tensor(uninitialized: shape, like: a)
        a.arithmetic.combine(operation, a.operand(in: shape), b.operand(in: shape), into: result)
        return result
    }

    private func operand(in shape: Shape) -> StridedOperand {
        StridedOperand(tensor: self, strides: self.shape.strides(broadcastTo: shape))
    }

    /// Sums over all dimensions in which a shape stands for several equal entries of this one.
    func summed(to target: Shape) -> Tensor {
        var sum = self
        while sum.rank > target.rank { sum = sum.sum(over: 0) }
        for dimension in 0..<target.rank where target.dimensions[dimension] == 1 && sum.size(dimension) != 1 {
            sum = sum.sum(over: dimension, keepsDimension: true)
        }
        return sum
    }
}

extension GradientFlow {
    /// Adds a gradient that has been broadcast.
    fileprivate mutating func add(_ gradient: Tensor, to input: Int, summedTo shape: Shape) {
        if wants(input) { add(gradient.summed(to: shape), to: input) }
    }
}

extension Shape {
    /// The shape that two shapes stand for together; nil if they do not fit.
    init?(broadcasting a: Shape, _ b: Shape) {
        let rank = max(a.rank, b.rank)
        let aSizes = Array(repeating: 1, count: rank - a.rank) + a.dimensions
        let bSizes = Array(repeating: 1, count: rank - b.rank) + b.dimensions
        for (a, b) in zip(aSizes, bSizes) where a != b && a != 1 && b != 1 { return nil }
        self.init(zip(aSizes, bSizes).map { a, b in a == 1 ? b : a })
    }

    /// How many elements lie between neighbours in each dimension.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for index in stride(from: rank - 2, through: 0, by: -1) {
            strides[index] = strides[index + 1] * dimensions[index + 1]
        }
        return strides
    }

    /// Strides for each dimension of a larger shape; 0 where one entry stands for all.
    func strides(broadcastTo shape: Shape) -> [Int] {
        let own = zip(strides, dimensions).map { stride, size in size == 1 ? 0 : stride }
        return Array(repeating: 0, count: shape.rank - rank) + own
    }
}
