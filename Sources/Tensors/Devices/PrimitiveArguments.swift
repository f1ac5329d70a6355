/// A tensor as an operand of an element-wise operation.
public struct StridedOperand {
    /// Its elements.
    public let tensor: Tensor
    /// How many elements to go on for the next entry of each dimension of the result.
    public let strides: [Int]
}

/// Matrices to multiply, one or several of equal shape.
public struct MatrixProductArguments {
    /// `[m, k]` each, or `[k, m]` if transposed.
    public let left: Tensor
    /// `[k, n]` each, or `[n, k]` if transposed.
    public let right: Tensor
    /// Whether the left matrices stand for their transposes.
    public let transposesLeft: Bool
    /// Whether the right matrices stand for their transposes.
    public let transposesRight: Bool
    /// The number of products.
    public let batchCount: Int
    /// m.
    public let rows: Int
    /// k.
    public let inner: Int
    /// n.
    public let columns: Int
    /// Elements from one left matrix to the next; 0 for one that takes part in all products.
    public let leftStride: Int
    /// Elements from one right matrix to the next; 0 for one that takes part in all products.
    public let rightStride: Int
    /// Elements from one result to the next; 0 if all products are added up, in order.
    public let resultStride: Int
    /// A factor of the product.
    public let scale: Double
    /// A factor of what the result holds; 0 for nothing, which may then be undefined.
    public let keep: Double
}

/// What `normalizeLayer` reads and writes: matrices of `[rows, columns]`, where columns are the last dimension.
public struct LayerNormArguments {
    /// What is normalised.
    public let x: Tensor
    /// Added to x before; the sum goes to `sum`.
    public let update: Tensor?
    /// `[columns]`, added with the update.
    public let updateBias: Tensor?
    /// Gets x and what was added; there if `update` is.
    public let sum: Tensor?
    /// `[columns]`, a factor of what is normalised.
    public let weight: Tensor
    /// `[columns]`, added in the end.
    public let bias: Tensor
    /// Added to the variance.
    public let epsilon: Double
    /// Gets what is normalised, scaled and shifted.
    public let result: Tensor
    /// `[rows]`: gets the mean, if the gradient will be wanted.
    public let mean: Tensor?
    /// `[rows]`: gets 1 / √(variance + epsilon), if the gradient will be wanted.
    public let inverseDeviation: Tensor?
}

/// What the gradient of `normalizeLayer` reads and writes.
public struct LayerNormGradientArguments {
    /// What was normalised.
    public let x: Tensor
    /// `[rows]`.
    public let mean: Tensor
    /// `[rows]`: 1 / √(variance + epsilon).
    public let inverseDeviation: Tensor
    /// `[columns]`.
    public let weight: Tensor
    /// Of the result.
    public let gradient: Tensor
    /// Of x, if it is wanted.
    public let result: Tensor?
    /// Whether `result` is *added*.
    public let accumulates: Bool
    /// `[columns]`, *added*, if it is wanted.
    public let weightGradient: Tensor?
    /// `[columns]`, *added*, if it is wanted.
    public let biasGradient: Tensor?
}

/// What `attend` reads.
public struct AttentionArguments {
    /// Queries, keys and values of all heads behind each other, `[batch, tokens, 3 · width]`.
    public let packed: Tensor
    /// `[3 · width]`, added to them.
    public let bias: Tensor?
    /// The number of heads; divides the width.
    public let headCount: Int
    /// Whether a token sees only itself and those before it.
    public let isCausal: Bool
    /// `[batch, tokens]`, `bool`: false for tokens that nobody sees.
    public let visibleKeys: Tensor?
}

/// A window that moves over images of `[batch, channels, height, width]`.
public struct Window: Sendable, Hashable {
    /// The number of images.
    public let batch: Int
    /// Their channels.
    public let channels: Int
    /// Their height.
    public let height: Int
    /// Their width.
    public let width: Int
    /// The height of the window.
    public let kernelHeight: Int
    /// The width of the window.
    public let kernelWidth: Int
    /// From one place to the next, in both directions.
    public let stride: Int
    /// Zeros, or nothing for a maximum, on each side.
    public let padding: Int

    /// The places of the window from top to bottom.
    public var outputHeight: Int { (height + 2 * padding - kernelHeight) / stride + 1 }
    /// The places of the window from left to right.
    public var outputWidth: Int { (width + 2 * padding - kernelWidth) / stride + 1 }
}
