public import Tensors

/// What a linear layer gets added while only a few numbers of it are trained: `scale · B (A x)`.
///
/// Hu et al.: "LoRA: Low-Rank Adaptation of Large Language Models" (2021, arXiv 2106.09685).
public struct LowRankAdapter: LinearAdapter {
    /// To the rank: `[rank, in]`.
    public let a: Tensor
    /// From the rank: `[out, rank]`.
    public let b: Tensor
    /// A factor of the product.
    public let scale: Double
    /// What hides a part of the inputs in training.
    public let dropout: Dropout?

    /// An adapter.
    public init(a: Tensor, b: Tensor, scale: Double, dropout: Dropout? = nil) {
        self.a = a
        self.b = b
        self.scale = scale
        self.dropout = dropout
    }

    /// The first factor that does not fit, under the name that it has in files.
    public func misfits(inputs: Int, outputs: Int) -> [(name: String, found: Shape, expected: Shape)] {
        let rank = a.shape.dimensions.first ?? 0
        let factors: [(name: String, found: Shape, expected: Shape)] = [
            ("lora_A", a.shape, [rank, inputs]), ("lora_B", b.shape, [outputs, rank]),
        ]
        return factors.filter { $0.found != $0.expected }.prefix(1).map(\.self)
    }

    /// `[…, in]` to `[…, out]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        linear(linear(dropout.map { $0(x) } ?? x, weight: a), weight: b) * scale
    }
}

/// Makes some numbers 0 at random, and the others so much larger that their mean stays.
///
/// Srivastava et al.: "Dropout: A Simple Way to Prevent Neural Networks from Overfitting" (2014).
///
/// Which numbers these are depends on the stream and on the number of the example, not on the examples beside it.
public struct Dropout: Sendable {
    /// The share of numbers that become 0.
    public let probability: Double
    /// Where the random numbers come from.
    public let stream: RandomStream
    /// The number of the first example that it will see.
    public let firstExample: Int

    /// - Parameters:
    ///   - probability: The share of numbers that become 0; at least 0 and below 1.
    ///   - stream: Where the random numbers come from.
    ///   - firstExample: The number of the first example that it will see.
    public init(probability: Double, stream: RandomStream, firstExample: Int) {
        precondition(probability >= 0 && probability < 1, "Not all numbers become 0")
        self.probability = probability
        self.stream = stream
        self.firstExample = firstExample
    }

    /// `[examples, …]` in `float32` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        guard probability > 0, x.elementCount > 0 else { return x }
        let start = firstExample * (x.elementCount / x.size(0))
        let mask = Tensor(x.shape) { values in
            values.update(repeating: 1)
            stream.keep(
                probability: 1 - probability, factor: Float(1 / (1 - probability)), values, from: start)
        }
        return x * mask
    }
}
