import Glibc

/// A sequence of collective calls that all ranks make in the same order, over messages that nothing else uses.
///
/// A job has two: the calls in the foreground, which the program waits in, and those in the background.
final class CallSequence: Sendable {
    let communicator: any Communicator
    let supervisor: Supervisor
    /// Which of the two it is.
    let track: Place.Track
    /// Whether ranks compare their calls.
    private let checksCalls: Bool
    private let host: String
    /// The largest number of elements in one message of MPI; longer ones are cut.
    let largestCount: Int

    var rank: Int { communicator.rank }
    var worldSize: Int { communicator.size }

    init(
        _ track: Place.Track, communicator: any Communicator, supervisor: Supervisor, checksCalls: Bool, host: String,
        largestCount: Int
    ) {
        self.track = track
        self.communicator = communicator
        self.supervisor = supervisor
        self.checksCalls = checksCalls
        self.host = host
        self.largestCount = largestCount
    }

    /// Makes a collective call: counts and names it, and checks, where asked for, that all ranks make the same one.
    func collective<Result>(
        _ kind: String, _ name: String, isLimited: Bool = true, _ body: () throws -> Result
    ) throws -> Result {
        let call = supervisor.begin(kind, name, on: track, isLimited: isLimited)
        defer { supervisor.end(call) }
        if checksCalls, worldSize > 1 { try check(call) }
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

    /// Compares the lengths of all ranks, if ranks compare their calls.
    func checkCounts(_ count: Int, _ call: @autoclosure () -> String) throws {
        guard checksCalls else { return }
        let counts = try exchangeCounts(count)
        guard Set(counts).count == 1 else { throw FabricError.mismatchedCounts(call: call(), counts) }
    }

    /// The numbers that all ranks give, in the order of ranks.
    func exchangeCounts(_ count: Int) throws -> [Int] {
        var counts = [Int64](repeating: 0, count: worldSize)
        try withUnsafeBytes(of: Int64(count)) { own in
            try counts.withUnsafeMutableBytes {
                try communicator.allGather(own, counts: Array(repeating: 8, count: worldSize), into: $0)
            }
        }
        return counts.map(Int.init)
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
