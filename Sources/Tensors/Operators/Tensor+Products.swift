/// Products of matrices.
extension Tensor {
    /// Products of the matrices in the last two dimensions.
    ///
    /// `[…, m, k] · […, k, n] = […, m, n]`. The leading dimensions are equal, or one of the tensors is a single matrix, which
    /// takes part in all products. Transposed matrices are not moved.
    ///
    /// - Parameters:
    ///   - other: The right factor.
    ///   - transposesSelf: Whether the left matrices are `[k, m]`.
    ///   - transposesOther: Whether the right matrices are `[n, k]`.
    ///   - scale: A factor of the product.
    /// - Returns: `[…, m, n]`.
    public func matrixProduct(
        _ other: Tensor, transposesSelf: Bool = false, transposesOther: Bool = false, scale: Double = 1
    ) -> Tensor {
        let plan = ProductPlan(self, other, transposesSelf, transposesOther)
        let result = Tensor(uninitialized: plan.shape, like: self)
        arithmetic.multiplyMatrices(plan.product(self, other, scale: scale), into: result)
        return result.recorded(from: [self, other]) { [left = detached, right = other.detached] flow in
            let gradient = flow.gradient
            if flow.wants(0) {
                let (a, b) = transposesSelf ? (right, gradient) : (gradient, right)
                let (ta, tb) = transposesSelf ? (transposesOther, true) : (false, !transposesOther)
                flow.add(a.product(b, ta, tb, scale: scale, summedTo: left.shape), to: 0)
            }
            if flow.wants(1) {
                let (a, b) = transposesOther ? (gradient, left) : (left, gradient)
                let (ta, tb) = transposesOther ? (true, transposesSelf) : (!transposesSelf, false)
                flow.add(a.product(b, ta, tb, scale: scale, summedTo: right.shape), to: 1)
            }
        }
    }

    /// A product, added up over all matrices if the shape is that of one.
    private func product(
        _ other: Tensor, _ transposesSelf: Bool, _ transposesOther: Bool, scale: Double, summedTo target: Shape
    ) -> Tensor {
        let plan = ProductPlan(self, other, transposesSelf, transposesOther, addsUp: target.rank == 2)
        let result = Tensor(uninitialized: target, like: self)
        if plan.batchCount == 0 { arithmetic.fill(result, with: 0) }
        arithmetic.multiplyMatrices(plan.product(self, other, scale: scale), into: result)
        return result
    }
}

/// Which products two tensors stand for.
private struct ProductPlan {
    let shape: Shape
    let batchCount: Int
    private let rows: Int
    private let inner: Int
    private let columns: Int
    private let transposesLeft: Bool
    private let transposesRight: Bool
    private let addsUp: Bool

    init(_ left: Tensor, _ right: Tensor, _ transposesLeft: Bool, _ transposesRight: Bool, addsUp: Bool = false) {
        precondition(left.rank >= 2 && right.rank >= 2, "Matrices have two dimensions")
        precondition(left.dtype == right.dtype, "Factors have one type, not \(left.dtype) and \(right.dtype)")
        let (leading, other) = (left.shape.dimensions.dropLast(2), right.shape.dimensions.dropLast(2))
        precondition(
            leading == other || leading.isEmpty || other.isEmpty,
            "Matrices of \(left.shape) and \(right.shape) do not come in pairs")
        let batch = leading.isEmpty ? other : leading
        rows = left.size(transposesLeft ? -1 : -2)
        inner = left.size(transposesLeft ? -2 : -1)
        columns = right.size(transposesRight ? -2 : -1)
        precondition(
            inner == right.size(transposesRight ? -1 : -2),
            "The inner sizes of a product must be equal: \(left.shape) and \(right.shape)")
        self.transposesLeft = transposesLeft
        self.transposesRight = transposesRight
        self.addsUp = addsUp
        batchCount = batch.reduce(1, *)
        shape = Shape(batch + [rows, columns])
    }

    func product(_ left: Tensor, _ right: Tensor, scale: Double) -> MatrixProductArguments {
        // Rows of a batch that meet one matrix are rows of one product.
        let isOneProduct = right.rank == 2 && !transposesLeft && !addsUp
        let isOneSum = addsUp && left.rank == right.rank && transposesLeft && !transposesRight
        let all = isOneProduct || isOneSum
        return MatrixProductArguments(
            left: left, right: right, transposesLeft: transposesLeft, transposesRight: transposesRight,
            batchCount: all ? 1 : batchCount, rows: isOneProduct ? batchCount * rows : rows,
            inner: isOneSum ? batchCount * inner : inner, columns: columns,
            leftStride: left.rank == 2 ? 0 : rows * inner, rightStride: right.rank == 2 ? 0 : inner * columns,
            resultStride: addsUp ? 0 : rows * columns, scale: scale, keep: 0)
    }
}
