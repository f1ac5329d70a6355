import Tensors
import Testing

extension OperatorCase {
    /// What our operator makes of inputs.
    func computed(_ x: [Tensor]) throws -> Tensor {
        switch function {
        case "function": x[0].applying(elementwiseFunction)
        case "product": x[0].matrixProduct(x[1])
        case "linear": linear(x[0], weight: x[1], bias: x[2], activation: elementwiseFunction)
        case "layerNorm": layerNorm(x[0], weight: x[1], bias: x[2])
        case "addAndLayerNorm": addedAndNormalized(x)
        case "softmax": x[0].softmax()
        case "logSoftmax": x[0].logSoftmax()
        case "normalize": x[0].normalized()
        case "attention": attention(x[0], bias: x[1], headCount: int("heads"), mask: try mask(for: x[0]))
        case "crossEntropy": try crossEntropy(x[0], Tensor(integers), labelSmoothing: number("smoothing"))
        case "entropy": softmaxEntropy(x[0])
        case "convolution":
            convolution(x[0], weight: x[1], bias: x[2], stride: int("stride"), padding: int("padding"))
        case "patchEmbedding": patchEmbedding(x[0], weight: x[1], bias: x[2])
        case "maximumPool":
            x[0].maximumPooled(kernel: int("kernel"), stride: int("stride"), padding: int("padding"))
        case "averagePool":
            x[0].averagePooled(kernel: int("kernel"), stride: int("stride"), padding: int("padding"))
        case "adaptivePool": x[0].adaptivelyAveragePooled(height: int("size"), width: int("size") + 1)
        case "batchNorm": batchNorm(x[0], weight: x[1], bias: x[2], statistics: try statistics(x[0].dtype))
        case "batchNormInTraining": try normalizedInTraining(x)
        case "embedding": try x[0].gatheringRows(Tensor(integers))
        case "concatenation": Tensor.concatenated(x, along: 1)
        case "permutation": x[0].permuted([2, 0, 1])
        case "broadcast": (x[0] + x[1]) * x[2] / (x[1] * x[1] + 1) - x[2]
        case "means": x[0].mean(over: 1) * x[0].sum(over: 0).mean()
        default:
            throw UnknownFunction(name: function)
        }
    }

    struct UnknownFunction: Error {
        let name: String
    }

    private func addedAndNormalized(_ x: [Tensor]) -> Tensor {
        let both = addAndLayerNorm(x[0], update: x[1], updateBias: x[2], weight: x[3], bias: x[4])
        return both.normalized + 2 * both.sum
    }

    private func mask(for packed: Tensor) throws -> AttentionMask {
        let visible =
            integers.isEmpty ? nil : try Tensor(integers.map { $0 == 1 }, shape: [packed.size(0), packed.size(1)])
        return AttentionMask(isCausal: int("causal") == 1, visibleKeys: visible)
    }

    private func statistics(_ dtype: DType) throws -> BatchStatistics {
        BatchStatistics(
            mean: try Tensor(list("mean")).converted(to: dtype),
            variance: try Tensor(list("variance")).converted(to: dtype))
    }

    private func normalizedInTraining(_ x: [Tensor]) throws -> Tensor {
        var running = try statistics(x[0].dtype)
        let result = batchNormInTraining(x[0], weight: x[1], bias: x[2], running: &running)
        for (found, expected) in [(running.mean, list("meanAfter")), (running.variance, list("varianceAfter"))] {
            #expect(largestDifference(try found.doubles(), expected) < 1e-6)
        }
        return result
    }
}

extension Tensor {
    /// The elements of a tensor of any type of numbers.
    func doubles() throws -> [Double] { try converted(to: .float64).array(of: Double.self) }
}

/// The largest difference of two lists, in parts of the largest number, or of 1 if all are smaller.
func largestDifference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let size = expected.reduce(1) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1) / size
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
