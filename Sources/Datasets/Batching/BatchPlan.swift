import Tensors

/// Which examples stand together in which micro-batch.
///
/// It follows from the number of examples, the size of a batch and the order alone, whoever works on the batches.
public struct BatchPlan: Sendable, Equatable {
    /// How examples follow each other.
    public enum Order: Sendable, Equatable {
        /// As the data set has them.
        case sequential
        /// In a random order, which is another one in each epoch.
        case shuffled(seed: UInt64, epoch: Int)
    }

    /// The number of examples of the data set.
    public let exampleCount: Int
    /// The number of examples of each batch but the last one.
    public let batchSize: Int
    /// The number of batches.
    public let count: Int
    /// The examples in their order; nil if it is that of the data set.
    private let permutation: [Int]?

    /// A plan.
    ///
    /// - Parameters:
    ///   - exampleCount: The number of examples; not negative.
    ///   - batchSize: The examples of a batch; positive.
    ///   - order: How they follow each other.
    ///   - dropsLast: Whether a last batch that is smaller than the others is left out.
    public init(exampleCount: Int, batchSize: Int, order: Order = .sequential, dropsLast: Bool = false) {
        precondition(exampleCount >= 0 && batchSize > 0, "Batches have examples")
        self.exampleCount = exampleCount
        self.batchSize = batchSize
        let isLastSmaller = exampleCount % batchSize != 0
        count = exampleCount / batchSize + (isLastSmaller && !dropsLast ? 1 : 0)
        switch order {
        case .sequential: permutation = nil
        case .shuffled(let seed, let epoch):
            permutation = RandomStream(seed: seed, purpose: "batches/shuffle", name: "epoch \(epoch)")
                .permutation(of: exampleCount)
        }
    }

    /// The examples of a batch, in order.
    public subscript(batch: Int) -> [Int] {
        let places = batch * batchSize..<min(exampleCount, (batch + 1) * batchSize)
        return permutation.map { Array($0[places]) } ?? Array(places)
    }
}
