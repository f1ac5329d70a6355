/// Collective calls that go on while the program computes, reads or writes.
///
/// All ranks begin the same calls in the same order. They do not wait for those in the foreground, nor these for them.
extension Fabric {
    /// Begins to copy the root's bytes to all ranks.
    public func beginBroadcast(_ bytes: [UInt8], from root: Int = 0, _ name: String) -> PendingCall<[UInt8]> {
        begin { try $0.broadcast(bytes, from: root, name) }
    }

    /// Begins to reduce each element over all ranks.
    ///
    /// Sums of floats depend on the number of ranks here; `reduce(_:units:cost:work:combine:)` has sums that do not.
    public func beginAllReduce<Scalar: FabricScalar>(
        _ values: [Scalar], _ reduction: Reduction, _ name: String
    ) -> PendingCall<[Scalar]> {
        begin { sequence in
            var values = values
            try sequence.allReduce(&values, reduction, name)
            return values
        }
    }

    /// Begins to collect the values of all ranks, which may be of different lengths, on all ranks.
    public func beginAllGather<Element: BitwiseCopyable & Sendable>(
        _ values: [Element], _ name: String
    ) -> PendingCall<[[Element]]> {
        begin { try $0.allGather(values, name) }
    }

    /// Begins to collect the values of all ranks, which may be of different lengths, on one rank; nil on the others.
    public func beginGather<Element: BitwiseCopyable & Sendable>(
        _ values: [Element], to root: Int = 0, _ name: String
    ) -> PendingCall<[[Element]]?> {
        begin { try $0.gather(values, to: root, name) }
    }

    /// Begins to reduce all ranks' values, of which each rank gets its share of `counts[rank]` elements.
    public func beginReduceScatter<Scalar: FabricScalar>(
        _ values: [Scalar], counts: [Int], _ reduction: Reduction, _ name: String
    ) -> PendingCall<[Scalar]> {
        begin { try $0.reduceScatter(values, counts: counts, reduction, name) }
    }

    private func begin<Value: Sendable>(
        _ call: @escaping @Sendable (CallSequence) throws -> Value
    ) -> PendingCall<Value> {
        let sequence = background
        return backgroundCalls.begin { try call(sequence) }
    }
}
