extension Fabric {
    /// The largest number of elements in one message of MPI; longer ones are cut.
    static let largestCount = 1 << 30

    /// Makes a collective call: counts and names it, and checks, where asked for, that all ranks make the same one.
    func collective<Result>(_ kind: String, _ name: String, _ body: () throws -> Result) throws -> Result {
        let call = supervisor.begin(kind, name)
        defer { supervisor.end(call) }
        if configuration.checksCalls, worldSize > 1 { try check(call) }
        return try body()
    }

    /// Compares a hash of the call over all ranks; if they differ, gathers what each rank is at.
    private func check(_ call: Place.Call) throws {
        var hash: Int64 = -0x340D_631B_7BDD_DCDB
        for byte in call.description.utf8 { hash = (hash ^ Int64(byte)) &* 0x100_0000_01B3 }
        // The maximum of the complement is the complement of the minimum.
        var extremes = [hash, ~hash]
        try extremes.withUnsafeMutableBufferPointer { try communicator.allReduce($0, .max) }
        guard extremes[0] != ~extremes[1] else { return }
        let texts = try gatherTexts("rank \(rank) on \(host) is at \(call.description)")
        throw FabricError.mismatchedCalls(texts)
    }

    private func gatherTexts(_ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        let counts = try exchangeCounts(bytes.count)
        var all = [UInt8](repeating: 0, count: counts.reduce(0, +))
        try bytes.withUnsafeBytes { own in
            try all.withUnsafeMutableBytes { try communicator.allGather(own, counts: counts, into: $0) }
        }
        var start = 0
        return counts.map { count in
            defer { start += count }
            return String(decoding: all[start..<(start + count)], as: UTF8.self)
        }
    }

    /// The numbers that all ranks give, in the order of ranks.
    private func exchangeCounts(_ count: Int) throws -> [Int] {
        var counts = [Int64](repeating: 0, count: worldSize)
        try withUnsafeBytes(of: Int64(count)) { own in
            try counts.withUnsafeMutableBytes {
                try communicator.allGather(own, counts: Array(repeating: 8, count: worldSize), into: $0)
            }
        }
        return counts.map(Int.init)
    }

    /// Waits until all ranks are here.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func barrier(_ name: String) throws {
        try collective("barrier", name) { try communicator.barrier() }
    }

    /// The root's bytes on all ranks, whatever their number.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func broadcast(_ bytes: [UInt8], from root: Int = 0, _ name: String) throws -> [UInt8] {
        try collective("broadcast", name) {
            var count = Int64(bytes.count)
            try withUnsafeMutableBytes(of: &count) { try communicator.broadcast($0, root: root) }
            var result = rank == root ? bytes : [UInt8](repeating: 0, count: Int(count))
            try result.withUnsafeMutableBytes { all in
                for range in Self.pieces(all.count) {
                    try communicator.broadcast(UnsafeMutableRawBufferPointer(rebasing: all[range]), root: root)
                }
            }
            return result
        }
    }

    /// Replaces each element by its sum, least or greatest over all ranks.
    ///
    /// Sums of floats depend on the number of ranks here; `reduce(units:)` has sums that do not.
    ///
    /// - Throws: `FabricError` if ranks are at different calls, or give different numbers of elements.
    public func allReduce<Scalar: FabricScalar>(
        _ values: inout [Scalar], _ reduction: Reduction, _ name: String
    ) throws {
        try values.withUnsafeMutableBufferPointer { try allReduce($0, reduction, name) }
    }

    /// Replaces each element of a buffer by its sum, least or greatest over all ranks.
    ///
    /// - Throws: `FabricError` if ranks are at different calls, or give different numbers of elements.
    public func allReduce<Scalar: FabricScalar>(
        _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction, _ name: String
    ) throws {
        try collective("all-reduce", name) {
            if configuration.checksCalls {
                let counts = try exchangeCounts(values.count)
                guard Set(counts).count == 1 else {
                    throw FabricError.mismatchedCounts(call: "all-reduce '\(name)'", counts)
                }
            }
            for range in Self.pieces(values.count) {
                try communicator.allReduce(UnsafeMutableBufferPointer(rebasing: values[range]), reduction)
            }
        }
    }

    /// The values of all ranks, which may be of different lengths, on all ranks.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func allGather<Element: BitwiseCopyable>(_ values: [Element], _ name: String) throws -> [[Element]] {
        try collective("all-gather", name) {
            let counts = try exchangeCounts(values.count * MemoryLayout<Element>.stride)
            var all: [[Element]] = []
            for source in 0..<worldSize {
                // Rank by rank, so that no message grows with the number of ranks.
                var part = source == rank ? values : []
                let count = counts[source] / max(1, MemoryLayout<Element>.stride)
                if source != rank { part = Self.uninitialized(count) }
                try part.withUnsafeMutableBytes { bytes in
                    for range in Self.pieces(bytes.count) {
                        try communicator.broadcast(UnsafeMutableRawBufferPointer(rebasing: bytes[range]), root: source)
                    }
                }
                all.append(part)
            }
            return all
        }
    }

    /// The values of all ranks, which may be of different lengths, on one rank; nil on the others.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func gather<Element: BitwiseCopyable>(
        _ values: [Element], to root: Int = 0, _ name: String
    ) throws -> [[Element]]? {
        try collective("gather", name) {
            let stride = MemoryLayout<Element>.stride
            let counts = try exchangeCounts(values.count * stride)
            if counts.reduce(0, +) <= Self.largestCount {
                return try gatherAtOnce(values, counts: counts, root: root)
            }
            guard rank == root else {
                try values.withUnsafeBytes { bytes in
                    for range in Self.pieces(bytes.count) {
                        try communicator.send(UnsafeRawBufferPointer(rebasing: bytes[range]), to: root, tag: 0)
                    }
                }
                return nil
            }
            return try (0..<worldSize).map { source in
                if source == rank { return values }
                var part: [Element] = Self.uninitialized(counts[source] / stride)
                try part.withUnsafeMutableBytes { bytes in
                    for range in Self.pieces(bytes.count) {
                        try communicator.receive(
                            into: UnsafeMutableRawBufferPointer(rebasing: bytes[range]), from: source, tag: 0)
                    }
                }
                return part
            }
        }
    }

    private func gatherAtOnce<Element: BitwiseCopyable>(
        _ values: [Element], counts: [Int], root: Int
    ) throws -> [[Element]]? {
        let stride = MemoryLayout<Element>.stride
        var all: [Element] = rank == root ? Self.uninitialized(counts.reduce(0, +) / stride) : []
        try values.withUnsafeBytes { own in
            try all.withUnsafeMutableBytes { try communicator.gather(own, counts: counts, into: $0, root: root) }
        }
        guard rank == root else { return nil }
        var start = 0
        return counts.map { count in
            defer { start += count / stride }
            return Array(all[start..<(start + count / stride)])
        }
    }

    /// The reduction of all ranks' values, of which each rank gets its share.
    ///
    /// - Parameters:
    ///   - values: The operands; the same number on all ranks.
    ///   - counts: The number of elements in each rank's share; together all of them.
    ///   - reduction: Sum, least or greatest.
    ///   - name: The name of the call.
    /// - Returns: This rank's share.
    /// - Throws: `FabricError` if ranks are at different calls, or the shares do not add up.
    public func reduceScatter<Scalar: FabricScalar>(
        _ values: [Scalar], counts: [Int], _ reduction: Reduction, _ name: String
    ) throws -> [Scalar] {
        try collective("reduce-scatter", name) {
            guard counts.count == worldSize, counts.reduce(0, +) == values.count, values.count <= Self.largestCount
            else {
                throw FabricError.mismatchedCounts(call: "reduce-scatter '\(name)'", counts + [values.count])
            }
            var share: [Scalar] = Self.uninitialized(counts[rank])
            try values.withUnsafeBufferPointer { operands in
                try share.withUnsafeMutableBufferPointer {
                    try communicator.reduceScatter(operands, counts: counts, into: $0, reduction)
                }
            }
            return share
        }
    }

    /// Room for elements that are about to be overwritten.
    static func uninitialized<Element: BitwiseCopyable>(_ count: Int) -> [Element] {
        Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).initializeMemory(as: UInt8.self, repeating: 0)
            initialized = count
        }
    }

    /// The ranges of at most `largestCount` elements that a message is sent in.
    static func pieces(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: largestCount).map { $0..<min($0 + largestCount, count) }
    }
}
