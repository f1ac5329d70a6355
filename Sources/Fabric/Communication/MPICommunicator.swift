internal import CMPI
import Glibc

/// The ranks of a job that an MPI launcher started.
public final class MPICommunicator: Communicator {
    /// This rank in the world.
    public let rank: Int
    /// The size of the world.
    public let size: Int
    /// This rank among those of its host.
    public let localRank: Int
    /// The number of ranks on this host.
    public let localSize: Int

    private let communicator: cmpi_communicator

    /// Starts MPI.
    ///
    /// Once in a process.
    ///
    /// - Throws: `FabricError` if MPI cannot be started, or cannot be called from several threads.
    public init() throws {
        var providesThreads: Int32 = 0
        try MPICall.check(cmpi_start(&providesThreads), "MPI_Init_thread")
        guard providesThreads == 1 else { throw FabricError.mpiWithoutThreads }
        var value: Int32 = 0
        var other: Int32 = 0
        var copy: cmpi_communicator = 0
        try MPICall.check(cmpi_duplicate(0, &copy), "MPI_Comm_dup")
        communicator = copy
        try MPICall.check(cmpi_rank(copy, &value), "MPI_Comm_rank")
        rank = Int(value)
        try MPICall.check(cmpi_size(copy, &value), "MPI_Comm_size")
        size = Int(value)
        try MPICall.check(cmpi_local_ranks(&value, &other), "MPI_Comm_split_type")
        localRank = Int(value)
        localSize = Int(other)
    }

    /// The same ranks as another communicator's.
    private init(duplicating other: MPICommunicator) throws {
        var copy: cmpi_communicator = 0
        try MPICall.check(cmpi_duplicate(other.communicator, &copy), "MPI_Comm_dup")
        communicator = copy
        (rank, size, localRank, localSize) = (other.rank, other.size, other.localRank, other.localSize)
    }

    /// The same ranks, with messages of their own.
    public func duplicated() throws -> any Communicator { try MPICommunicator(duplicating: self) }

    /// Ends MPI: all ranks do this together at the end of a job that went well.
    public func finish() throws { try MPICall.check(cmpi_finish(), "MPI_Finalize") }

    /// Waits for all ranks.
    public func barrier() throws { try MPICall.check(cmpi_barrier(communicator), "MPI_Barrier") }

    /// Copies the root's bytes.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, root: Int) throws {
        try MPICall.check(
            cmpi_broadcast(bytes.baseAddress, Int32(bytes.count), CMPI_BYTE, Int32(root), communicator), "MPI_Bcast")
    }

    /// Reduces; sums of floats are in MPI's order.
    public func allReduce<Scalar: FabricScalar>(
        _ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction
    ) throws {
        try MPICall.check(
            cmpi_all_reduce(
                values.baseAddress, Int32(values.count), Scalar.kind.type, reduction.operation, communicator),
            "MPI_Allreduce")
    }

    /// Gathers in the order of ranks.
    public func gather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer, root: Int
    ) throws {
        let (counts, starts) = Self.layout(counts)
        try MPICall.check(
            cmpi_gather(
                bytes.baseAddress, Int32(bytes.count), gathered.baseAddress, counts, starts, Int32(root), communicator),
            "MPI_Gatherv")
    }

    /// Gathers in the order of ranks.
    public func allGather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer
    ) throws {
        let (counts, starts) = Self.layout(counts)
        try MPICall.check(
            cmpi_all_gather(
                bytes.baseAddress, Int32(bytes.count), gathered.baseAddress, counts, starts, communicator),
            "MPI_Allgatherv")
    }

    /// Reduces; sums of floats are in MPI's order.
    public func reduceScatter<Scalar: FabricScalar>(
        _ values: UnsafeBufferPointer<Scalar>, counts: [Int], into share: UnsafeMutableBufferPointer<Scalar>,
        _ reduction: Reduction
    ) throws {
        try MPICall.check(
            cmpi_reduce_scatter(
                values.baseAddress, share.baseAddress, counts.map(Int32.init), Scalar.kind.type, reduction.operation,
                communicator), "MPI_Reduce_scatter")
    }

    /// Sends bytes.
    public func send(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws {
        try MPICall.check(
            cmpi_send(bytes.baseAddress, Int32(bytes.count), Int32(destination), Int32(tag), communicator), "MPI_Send")
    }

    /// Receives bytes.
    public func receive(into bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws {
        try MPICall.check(
            cmpi_receive(bytes.baseAddress, Int32(bytes.count), Int32(source), Int32(tag), communicator), "MPI_Recv")
    }

    /// Asks often at first, then once in a millisecond: MPI's own waits keep a core busy, which may be all that a thread
    /// that computes has.
    public func awaitMessage(from source: Int, tag: Int) throws {
        var isThere: Int32 = 0
        var attempts = 0
        while true {
            try MPICall.check(cmpi_probe(Int32(source), Int32(tag), communicator, &isThere), "MPI_Iprobe")
            if isThere != 0 { return }
            attempts += 1
            if attempts > 200 { usleep(UInt32(min(1000, attempts / 10))) }
        }
    }

    /// Counts, and where each rank's bytes start, as MPI takes them.
    private static func layout(_ counts: [Int]) -> (counts: [Int32], starts: [Int32]) {
        var starts: [Int32] = []
        var start = 0
        for count in counts {
            starts.append(Int32(start))
            start += count
        }
        return (counts.map(Int32.init), starts)
    }
}
