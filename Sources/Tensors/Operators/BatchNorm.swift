/// What a batch normalisation has seen in training.
public struct BatchStatistics: Sendable {
    /// `[channels]`.
    public var mean: Tensor
    /// `[channels]`.
    public var variance: Tensor

    /// Statistics of channels.
    public init(mean: Tensor, variance: Tensor) {
        self.mean = mean
        self.variance = variance
    }
}

/// Normalises channels by known statistics: `(x − mean) / √(variance + epsilon) · weight + bias`.
///
/// S. Ioffe, C. Szegedy: *Batch normalization*, 2015.
///
/// - Parameters:
///   - x: `[batch, channels, height, width]`.
///   - weight: `[channels]`.
///   - bias: `[channels]`.
///   - statistics: Of the channels.
///   - epsilon: Added to the variance.
/// - Returns: The shape of x.
public func batchNorm(
    _ x: Tensor, weight: Tensor, bias: Tensor, statistics: BatchStatistics, epsilon: Double = 1e-5
) -> Tensor {
    // One factor and one summand for each channel.
    let factor = weight / (statistics.variance + epsilon).applying(.squareRoot)
    let summand = bias - statistics.mean * factor
    return x * factor.channels + summand.channels
}

/// Normalises channels by the statistics of the batch itself, and brings running statistics up to date.
///
/// - Parameters:
///   - x: `[batch, channels, height, width]`.
///   - weight: `[channels]`.
///   - bias: `[channels]`.
///   - running: Becomes (1 − momentum) · running + momentum · that of the batch; the variance is the unbiased one.
///   - momentum: The share of the batch.
///   - epsilon: Added to the variance.
/// - Returns: The shape of x.
public func batchNormInTraining(
    _ x: Tensor, weight: Tensor, bias: Tensor, running: inout BatchStatistics, momentum: Double = 0.1,
    epsilon: Double = 1e-5
) -> Tensor {
    let count = Double(x.elementCount / max(x.size(1), 1))
    let mean = x.channelMean
    let centered = x - mean.channels
    let variance = centered.applying(.square).channelMean
    let unbiased = count > 1 ? count / (count - 1) : 1
    running.mean = running.mean.detached * (1 - momentum) + mean.detached * momentum
    running.variance = running.variance.detached * (1 - momentum) + variance.detached * (momentum * unbiased)
    let factor = weight / (variance + epsilon).applying(.squareRoot)
    return centered * factor.channels + bias.channels
}

extension Tensor {
    /// `[channels]` as `[channels, 1, 1]`.
    fileprivate var channels: Tensor { reshaped([elementCount, 1, 1]) }

    /// The means of `[batch, channels, height, width]` over all but the channels.
    fileprivate var channelMean: Tensor {
        precondition(rank == 4, "Images are [batch, channels, height, width], not \(shape)")
        return reshaped([size(0), size(1), size(2) * size(3)]).sum(over: 2).sum(over: 0)
            / Double(size(0) * size(2) * size(3))
    }
}
