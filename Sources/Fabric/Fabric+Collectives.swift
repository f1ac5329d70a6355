import Glibc

extension Fabric {
    /// Makes a collective call: counts and names it, and checks, where asked for, that all ranks make the same one.
    func collective<Result>(
        _ kind: String, _ name: String, isLimited: Bool = true, _ body: () throws -> Result
    ) throws -> Result {
        let call = supervisor.begin(kind, name, isLimited: isLimited)
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
            for range in pieces(values.count) {
                try communicator.allReduce(UnsafeMutableBufferPointer(rebasing: values[range]), reduction)
            }
        }
    }

    /// The values of all ranks, which may be of different lengths, on all ranks.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func allGather<Element: BitwiseCopyable>(_ values: [Element], _ name: String) throws -> [[Element]] {
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

    /// The values of all ranks, which may be of different lengths, on one rank; nil on the others.
    ///
    /// Each rank's values arrive in their own array: nothing is copied twice.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func gather<Element: BitwiseCopyable>(
        _ values: [Element], to root: Int = 0, _ name: String
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

    /// The values of all ranks, whose numbers are known, in a buffer of one rank, in the order of ranks.
    ///
    /// - Parameters:
    ///   - values: What this rank gives: `counts[rank]` elements.
    ///   - counts: The number of elements of each rank; the same on all ranks.
    ///   - gathered: Room for all elements on the root; empty elsewhere.
    ///   - root: The rank that gets them.
    ///   - name: The name of the call.
    /// - Throws: `FabricError` if ranks are at different calls, or a number of elements is not as announced.
    public func gather<Element: BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Element>, counts: [Int], into gathered: UnsafeMutableBufferPointer<Element>,
        to root: Int = 0, _ name: String
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

    // MARK: - Long messages

    /// Sends bytes in as many messages as they need.
    func send(pieces bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws {
        for range in pieces(bytes.count) {
            try communicator.send(UnsafeRawBufferPointer(rebasing: bytes[range]), to: destination, tag: tag)
        }
    }

    /// Receives what `send(pieces:)` sent; the buffer is as long as what was sent.
    func receive(pieces bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws {
        for range in pieces(bytes.count) {
            try communicator.receive(
                into: UnsafeMutableRawBufferPointer(rebasing: bytes[range]), from: source, tag: tag)
        }
    }

    /// The ranges of at most `largestCount` elements that a message is sent in.
    func pieces(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: largestCount).map { $0..<min($0 + largestCount, count) }
    }

    /// Elements whose bytes are written by `fill`, all of them.
    static func array<Element: BitwiseCopyable>(
        _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) rethrows -> [Element] {
        try Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            let bytes = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            useHugePages(bytes)
            try fill(bytes)
            initialized = count
        }
    }

    /// Asks for large pages where new memory is long: the first touch of many small ones takes as long as a message.
    private static func useHugePages(_ bytes: UnsafeMutableRawBufferPointer) {
        let page = 1 << 21
        guard bytes.count >= 2 * page, let base = bytes.baseAddress else { return }
        let start = (Int(bitPattern: base) + page - 1) & ~(page - 1)
        let end = (Int(bitPattern: base) + bytes.count) & ~(page - 1)
        // Advice that is not taken changes nothing but the time.
        _ = madvise(UnsafeMutableRawPointer(bitPattern: start), end - start, MADV_HUGEPAGE)
    }
}
