import OperatingSystem
import Synchronization

/// Ranks that are threads of one process: for tests of everything above, at any number of ranks, without `mpirun`.
public final class InProcessCommunicator: Communicator {
    /// This rank.
    public let rank: Int
    /// The number of ranks.
    public var size: Int { exchange.size }
    /// All ranks are on one host.
    public var localRank: Int { rank }
    /// All ranks are on one host.
    public var localSize: Int { size }

    private let exchange: Exchange
    /// The number of duplicates that this rank has made.
    private let duplicateCount = Mutex(0)

    private init(rank: Int, exchange: Exchange) {
        self.rank = rank
        self.exchange = exchange
    }

    /// Makes the ranks of one job.
    public static func ranks(_ count: Int) -> [InProcessCommunicator] {
        let exchange = Exchange(size: count)
        return (0..<count).map { InProcessCommunicator(rank: $0, exchange: exchange) }
    }

    /// The same ranks, with messages of their own.
    public func duplicated() -> any Communicator {
        let number = duplicateCount.withLock { count in
            defer { count += 1 }
            return count
        }
        return InProcessCommunicator(rank: rank, exchange: exchange.duplicate(number))
    }

    /// Makes all waiting and later calls of all ranks fail: what the end of a rank does to the others.
    public func abort() { exchange.abort() }

    /// Waits until all ranks are here.
    public func barrier() throws { _ = try exchange.meet(rank, []) }

    /// Copies the root's bytes.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, root: Int) throws {
        let all = try exchange.meet(rank, rank == root ? Array(bytes) : [])
        bytes.copyBytes(from: all[root])
    }

    /// Reduces in the order of ranks.
    public func allReduce<Scalar: FabricScalar>(
        _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction
    ) throws {
        let reduced = try self.reduced(UnsafeBufferPointer(values), reduction)
        _ = values.update(fromContentsOf: reduced)
    }

    /// Gathers in the order of ranks.
    public func gather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer, root: Int
    ) throws {
        let all = try exchange.meet(rank, Array(bytes))
        if rank == root { gathered.copyBytes(from: all.joined()) }
    }

    /// Gathers in the order of ranks.
    public func allGather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer
    ) throws {
        gathered.copyBytes(from: try exchange.meet(rank, Array(bytes)).joined())
    }

    /// Reduces in the order of ranks, then takes the share.
    public func reduceScatter<Scalar: FabricScalar>(
        _ values: UnsafeBufferPointer<Scalar>, counts: [Int], into share: UnsafeMutableBufferPointer<Scalar>,
        _ reduction: Reduction
    ) throws {
        let reduced = try self.reduced(values, reduction)
        let start = counts[..<rank].reduce(0, +)
        _ = share.update(fromContentsOf: reduced[start..<(start + counts[rank])])
    }

    private func reduced<Scalar: FabricScalar>(
        _ values: UnsafeBufferPointer<Scalar>, _ reduction: Reduction
    ) throws -> [Scalar] {
        let all = try exchange.meet(rank, Array(UnsafeRawBufferPointer(values)))
        let operands = all.map { bytes in bytes.withUnsafeBytes { Array($0.bindMemory(to: Scalar.self)) } }
        return operands.dropFirst().reduce(operands[0]) { left, right in zip(left, right).map { reduction($0, $1) } }
    }

    /// Leaves the bytes for their receiver.
    public func send(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws {
        guard (0..<size).contains(destination) else { throw FabricError.noSuchRank(destination, size: size) }
        exchange.post(Array(bytes), from: rank, to: destination, tag: tag)
    }

    /// Waits for the bytes.
    public func receive(into bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws {
        guard (0..<size).contains(source) else { throw FabricError.noSuchRank(source, size: size) }
        bytes.copyBytes(from: try exchange.collect(from: source, to: rank, tag: tag))
    }

    /// Waits until the sender has left bytes.
    public func awaitMessage(from source: Int, tag: Int) throws {
        guard (0..<size).contains(source) else { throw FabricError.noSuchRank(source, size: size) }
        try exchange.awaitMail(from: source, to: rank, tag: tag)
    }
}

/// The memory that the ranks share.
private final class Exchange: Sendable {
    private struct Address: Hashable {
        let source: Int
        let destination: Int
        let tag: Int
    }

    private struct State {
        var offers: [Int: [UInt8]] = [:]
        var result: [[UInt8]] = []
        /// Counts meetings, so that a rank knows when its own is over.
        var round = 0
        var mail: [Address: [[UInt8]]] = [:]
        var isAborted = false
        var duplicates: [Exchange] = []
    }

    let size: Int
    private let state = Mutex(State())
    private let changed = ThreadCondition()

    init(size: Int) {
        self.size = size
    }

    func abort() {
        changed.change { state.withLock { $0.isAborted = true } }
        for duplicate in state.withLock({ $0.duplicates }) { duplicate.abort() }
    }

    /// The duplicate of a number, the same for all ranks.
    func duplicate(_ number: Int) -> Exchange {
        state.withLock { state in
            while state.duplicates.count <= number { state.duplicates.append(Exchange(size: size)) }
            return state.duplicates[number]
        }
    }

    /// Gives this rank's bytes and waits for those of all ranks.
    func meet(_ rank: Int, _ bytes: [UInt8]) throws -> [[UInt8]] {
        let round = state.withLock { $0.round }
        changed.change {
            state.withLock { state in
                state.offers[rank] = bytes
                guard state.offers.count == size else { return }
                state.result = (0..<size).map { state.offers[$0] ?? [] }
                state.offers = [:]
                state.round += 1
            }
        }
        return try changed.wait {
            try state.withLock { state in
                if state.round > round { return state.result }
                if state.isAborted { throw FabricError.otherRankFailed }
                return nil
            }
        }
    }

    func post(_ bytes: [UInt8], from source: Int, to destination: Int, tag: Int) {
        let address = Address(source: source, destination: destination, tag: tag)
        changed.change { state.withLock { $0.mail[address, default: []].append(bytes) } }
    }

    func collect(from source: Int, to destination: Int, tag: Int) throws -> [UInt8] {
        try wait(from: source, to: destination, tag: tag) { $0.removeFirst() }
    }

    func awaitMail(from source: Int, to destination: Int, tag: Int) throws {
        try wait(from: source, to: destination, tag: tag) { _ in }
    }

    /// Waits until there is mail at an address.
    private func wait<Answer>(
        from source: Int, to destination: Int, tag: Int, _ body: (inout [[UInt8]]) -> Answer
    ) throws -> Answer {
        let address = Address(source: source, destination: destination, tag: tag)
        return try changed.wait {
            try state.withLock { state -> Answer? in
                if state.mail[address]?.isEmpty == false { return body(&state.mail[address, default: []]) }
                if state.isAborted { throw FabricError.otherRankFailed }
                return nil
            }
        }
    }
}
