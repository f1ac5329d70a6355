/// The collective calls; `Fabric` says what each does.
extension CallSequence {
    func barrier(_ name: String) throws {
        try collective("barrier", name) { try communicator.barrier() }
    }

    func broadcast(_ bytes: [UInt8], from root: Int, _ name: String) throws -> [UInt8] {
        try collective("broadcast", name) {
            var count = Int64(bytes.count)
            try withUnsafeMutableBytes(of: &count) { try communicator.broadcast($0, root: root) }
            guard rank == root else {
                return try Self.array(Int(count)) { try broadcast(pieces: $0, from: root) }
            }
            var result = bytes
            try result.withUnsafeMutableBytes { try broadcast(pieces: $0, from: root) }
            return result
        }
    }

    private func broadcast(pieces bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        for range in pieces(bytes.count) {
            try communicator.broadcast(UnsafeMutableRawBufferPointer(rebasing: bytes[range]), root: root)
        }
    }

    func allReduce<Scalar: FabricScalar>(
        _ values: inout [Scalar], _ reduction: Reduction, _ name: String
    ) throws {
        try values.withUnsafeMutableBufferPointer { try allReduce($0, reduction, name) }
    }

    func allReduce<Scalar: FabricScalar>(
        _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction, _ name: String
    ) throws {
        try collective("all-reduce", name) {
            try checkCounts(values.count, "all-reduce '\(name)'")
            for range in pieces(values.count) {
                try communicator.allReduce(UnsafeMutableBufferPointer(rebasing: values[range]), reduction)
            }
        }
    }

    func allGather<Element: BitwiseCopyable>(_ values: [Element], _ name: String) throws -> [[Element]] {
        try collective("all-gather", name) {
            let counts = try exchangeCounts(values.count)
            var all: [[Element]] = []
            for source in 0..<worldSize {
                // Rank by rank, so that no message grows with the number of ranks.
                var part = values
                if source == rank {
                    try part.withUnsafeMutableBytes { try broadcast(pieces: $0, from: source) }
                } else {
                    part = try Self.array(counts[source]) { try broadcast(pieces: $0, from: source) }
                }
                all.append(part)
            }
            return all
        }
    }

    func gather<Element: BitwiseCopyable>(
        _ values: [Element], to root: Int, _ name: String
    ) throws -> [[Element]]? {
        try collective("gather", name) {
            guard rank == root else {
                var count = values.count
                try withUnsafeBytes(of: &count) { try communicator.send($0, to: root, tag: Self.gatherTag) }
                try values.withUnsafeBytes { try send(pieces: $0, to: root, tag: Self.gatherTag) }
                return nil
            }
            return try (0..<worldSize).map { source in
                if source == rank { return values }
                var count = 0
                try withUnsafeMutableBytes(of: &count) {
                    try communicator.receive(into: $0, from: source, tag: Self.gatherTag)
                }
                return try Self.array(count) { try receive(pieces: $0, from: source, tag: Self.gatherTag) }
            }
        }
    }

    func gather<Element: BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Element>, counts: [Int], into gathered: UnsafeMutableBufferPointer<Element>,
        to root: Int, _ name: String
    ) throws {
        try collective("gather", name) {
            let total = counts.reduce(0, +)
            guard counts.count == worldSize, counts[rank] == values.count, rank != root || gathered.count == total
            else {
                throw FabricError.mismatchedCounts(call: "gather '\(name)'", counts + [values.count])
            }
            let stride = MemoryLayout<Element>.stride
            let own = UnsafeRawBufferPointer(values)
            let all = UnsafeMutableRawBufferPointer(gathered)
            if total * stride <= largestCount {
                return try communicator.gather(own, counts: counts.map { $0 * stride }, into: all, root: root)
            }
            guard rank == root else { return try send(pieces: own, to: root, tag: Self.gatherTag) }
            var start = 0
            for source in 0..<worldSize {
                let part = UnsafeMutableRawBufferPointer(rebasing: all[start..<(start + counts[source] * stride)])
                start += part.count
                if source == rank {
                    part.copyMemory(from: own)
                } else {
                    try receive(pieces: part, from: source, tag: Self.gatherTag)
                }
            }
        }
    }

    private static let gatherTag = 1

    func reduceScatter<Scalar: FabricScalar>(
        _ values: [Scalar], counts: [Int], _ reduction: Reduction, _ name: String
    ) throws -> [Scalar] {
        try collective("reduce-scatter", name) {
            guard counts.count == worldSize, counts.reduce(0, +) == values.count
            else {
                throw FabricError.mismatchedCounts(call: "reduce-scatter '\(name)'", counts + [values.count])
            }
            if values.count > largestCount {
                // Too long for one message: whole pieces are reduced, of which this rank keeps its share.
                var reduced = values
                try reduced.withUnsafeMutableBufferPointer { all in
                    for range in pieces(all.count) {
                        try communicator.allReduce(UnsafeMutableBufferPointer(rebasing: all[range]), reduction)
                    }
                }
                let start = counts[..<rank].reduce(0, +)
                return Array(reduced[start..<(start + counts[rank])])
            }
            return try values.withUnsafeBufferPointer { operands in
                try Array(unsafeUninitializedCapacity: counts[rank]) { share, initialized in
                    try communicator.reduceScatter(
                        operands, counts: counts, into: UnsafeMutableBufferPointer(rebasing: share[..<counts[rank]]),
                        reduction)
                    initialized = counts[rank]
                }
            }
        }
    }
}
