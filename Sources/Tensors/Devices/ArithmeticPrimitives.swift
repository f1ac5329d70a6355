/// What a backend computes in one type of numbers.
///
/// This list, with `MovementPrimitives` and the memory functions of `Backend`, is all that operators ask of a device; the
/// manual's page on tensors lists it with formulas. All tensors of one call lie on one device and have the type of the
/// arithmetic. Results are allocated by the caller and overlap nothing unless it says so; gradients marked *added* are added
/// to what the result holds. Sums have an order that depends on the shapes alone.
public protocol ArithmeticPrimitives: Sendable {
    /// Sets all elements of a tensor.
    func fill(_ result: Tensor, with value: Double)

    /// result = f(x); may be the same tensor.
    func apply(_ function: ElementwiseFunction, to x: Tensor, into result: Tensor)

    /// result = gradient · f′(x); may be the same tensor as one of them.
    func applyGradient(of function: ElementwiseFunction, at x: Tensor, _ gradient: Tensor, into result: Tensor)

    /// result = a ∘ b, element by element of the result's shape.
    ///
    /// Each has a stride for each dimension of the result: 0 where it has one element for all.
    func combine(_ operation: ElementwiseOperation, _ a: StridedOperand, _ b: StridedOperand, into result: Tensor)

    /// sum = sum + weight · x.
    func accumulate(_ x: Tensor, weight: Double, into sum: Tensor)

    /// result = weight · x; may be the same tensor.
    func scale(_ x: Tensor, by weight: Double, into result: Tensor)

    /// result[o, i] = Σₘ x[o, m, i], for x of `[outer, middle, inner]`.
    func sum(_ x: Tensor, outer: Int, middle: Int, inner: Int, into result: Tensor)

    /// result[r] = the first column of the largest element of row r, `int64`.
    func argmax(_ x: Tensor, rows: Int, columns: Int, into result: Tensor)

    /// result[b] = scale · left[b] · right[b] + keep · result[b].
    func multiplyMatrices(_ product: MatrixProductArguments, into result: Tensor)

    /// result[r, c] = f(x[r, c] + bias[c]); may be the same tensor as x. `before` gets the sum.
    func addBias(
        _ bias: Tensor, to x: Tensor, applying function: ElementwiseFunction, before: Tensor?, into result: Tensor)

    /// result = gradient · f′(x), for `[rows, columns]`; may be the same tensor. Its column sums are *added* to `biasGradient`.
    func addBiasGradient(
        of function: ElementwiseFunction, at x: Tensor, _ gradient: Tensor, into result: Tensor, biasGradient: Tensor)

    /// Normalises rows to mean 0 and variance 1.
    func normalizeLayer(_ arguments: LayerNormArguments)

    /// The gradient of `normalizeLayer`.
    func normalizeLayerGradient(_ arguments: LayerNormGradientArguments)

    /// result[r, c] = e^x[r, c] / Σ e^x[r, c]; may be the same tensor.
    func softmax(_ x: Tensor, into result: Tensor)

    /// result = y · (gradient − Σ gradient · y) in each row, where y is the softmax.
    func softmaxGradient(_ y: Tensor, _ gradient: Tensor, into result: Tensor)

    /// result[r, c] = x[r, c] − ln Σ e^x[r, c]; may be the same tensor.
    func logSoftmax(_ x: Tensor, into result: Tensor)

    /// result = gradient − eʸ · Σ gradient in each row, where y is the logarithm of the softmax.
    func logSoftmaxGradient(_ y: Tensor, _ gradient: Tensor, into result: Tensor)

    /// softmax(scale · (q + b) (k + b)ᵀ) (v + b) for each entry of a batch and each head.
    func attend(_ arguments: AttentionArguments, into result: Tensor)

    /// The gradient of `attend`, of packed queries, keys and values, without that of the bias.
    func attendGradient(_ arguments: AttentionArguments, _ gradient: Tensor, into result: Tensor)

    /// Patches of images as rows: `[batch · outputHeight · outputWidth, channels · kernelHeight · kernelWidth]`.
    func unfold(_ images: Tensor, _ window: Window, into result: Tensor)

    /// images[…] = images[…] + the rows that `unfold` took it to.
    func fold(_ rows: Tensor, _ window: Window, into images: Tensor)

    /// The largest element of each window, and its place in its channel as `int64`.
    func maximumPool(_ images: Tensor, _ window: Window, into result: Tensor, places: Tensor)

    /// sum[p, places[p, i]] += gradient[p, i], for `[planes, inputs]` and `[planes, outputs]`.
    func scatterPlanes(_ gradient: Tensor, at places: Tensor, planes: Int, into sum: Tensor)

    /// The mean over each of a grid of cells: cell i of n over a length l covers ⌊i·l/n⌋ up to ⌈(i+1)·l/n⌉.
    func averagePoolAdaptively(_ images: Tensor, into result: Tensor)

    /// The gradient of `averagePoolAdaptively`, *added*.
    func averagePoolAdaptivelyGradient(_ gradient: Tensor, into images: Tensor)

    /// sum[indices[r], :] += rows[r, :], in the order of r.
    func scatterRows(_ rows: Tensor, at indices: Tensor, into sum: Tensor)

    /// One step of stochastic gradient descent, in place.
    func step(_ arguments: SGDStepArguments)

    /// One step of Adam, in place.
    func step(_ arguments: AdamStepArguments)
}
