/// What a token attends to.
public struct AttentionMask: Sendable {
    /// Whether a token sees only itself and those before it.
    public var isCausal: Bool
    /// `[batch, tokens]` of `bool`: false for tokens that nobody sees, such as padding.
    public var visibleKeys: Tensor?

    /// A mask.
    ///
    /// - Parameters:
    ///   - isCausal: Whether a token sees only itself and those before it.
    ///   - visibleKeys: `[batch, tokens]` of `bool`; nil if all are seen.
    public init(isCausal: Bool = false, visibleKeys: Tensor? = nil) {
        self.isCausal = isCausal
        self.visibleKeys = visibleKeys
    }

    /// All tokens see each other.
    public static let none = AttentionMask()
    /// Each token sees itself and those before it.
    public static let causal = AttentionMask(isCausal: true)
}

/// Scaled dot-product attention of several heads: `softmax(q kᵀ / √headWidth) v`.
///
/// Only a tile of the scores is in memory at any time; the gradient computes them once more. A token that sees nothing gets
/// zeros. A. Vaswani et al.: *Attention is all you need*, 2017.
///
/// - Parameters:
///   - packed: Queries, keys and values behind each other, `[batch, tokens, 3 · width]`; in each, the heads one by one.
///   - bias: `[3 · width]`, added to them on the way.
///   - headCount: The number of heads; divides the width.
///   - mask: What a token sees.
/// - Returns: `[batch, tokens, width]`.
public func attention(
    _ packed: Tensor, bias: Tensor? = nil, headCount: Int, mask: AttentionMask = .none
) -> Tensor {
    precondition(
        packed.rank == 3 && headCount > 0 && packed.columnCount % (3 * headCount) == 0,
        "Queries, keys and values of \(headCount) heads are [batch, tokens, 3 · width], not \(packed.shape)")
    precondition(bias.map { $0.shape == [packed.columnCount] } ?? true, "A bias has an element for each column")
    let (batch, tokens) = (packed.size(0), packed.size(1))
    if let keys = mask.visibleKeys {
        precondition(
            keys.shape == [batch, tokens] && keys.dtype == .bool, "Visible keys are bool [batch, tokens], not \(keys)")
    }
    let arguments = AttentionArguments(
        packed: packed.detached, bias: bias?.detached, headCount: headCount, isCausal: mask.isCausal,
        visibleKeys: mask.visibleKeys)
    let result = Tensor(uninitialized: [batch, tokens, packed.columnCount / 3], like: packed)
    packed.arithmetic.attend(arguments, into: result)
    return result.recorded(from: [packed] + [bias].compactMap(\.self)) { flow in
        let gradient = Tensor(uninitialized: arguments.packed.shape, like: flow.gradient)
        gradient.arithmetic.attendGradient(arguments, flow.gradient, into: gradient)
        flow.add(gradient, to: 0)
        if let bias = arguments.bias, flow.wants(1) { flow.add(gradient.summed(to: bias.shape), to: 1) }
    }
}
