/// The mean negative logarithm of the probability that a softmax gives the labels.
///
/// - Parameters:
///   - logits: `[rows, classes]`.
///   - labels: `[rows]`, `int64`; each a class.
///   - labelSmoothing: The share of the target that is spread over all classes evenly.
/// - Returns: A single number.
/// - Throws: `TensorError.index` if a label is no class.
public func crossEntropy(_ logits: Tensor, _ labels: Tensor, labelSmoothing: Double = 0) throws(TensorError) -> Tensor {
    let logarithms = logits.logSoftmax()
    let likelihood = try logarithms.picking(labels).mean()
    guard labelSmoothing != 0 else { return -likelihood }
    return -(likelihood * (1 - labelSmoothing) + logarithms.mean() * labelSmoothing)
}

/// The mean entropy of the softmax of rows: −Σ p ln p.
///
/// What AdaMerging minimises: E. Yang et al.: *AdaMerging: adaptive model merging for multi-task learning*, 2023.
///
/// - Parameter logits: `[rows, classes]`.
/// - Returns: A single number.
public func softmaxEntropy(_ logits: Tensor) -> Tensor {
    precondition(logits.rank == 2, "Logits are [rows, classes], not \(logits.shape)")
    let logarithms = logits.logSoftmax()
    return (logarithms.applying(.exponential) * logarithms).sum() / -Double(logits.size(0))
}

/// The mean of squared differences.
public func meanSquaredError(_ x: Tensor, _ target: Tensor) -> Tensor {
    precondition(x.shape == target.shape, "A target has the shape of what is compared with it")
    return (x - target).applying(.square).mean()
}
