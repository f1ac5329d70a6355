/// A group of ranks that exchange messages: the layer below `Fabric`, with one implementation for each kind of transport.
///
/// All ranks make the same collective calls in the same order. Buffers hold at most 2³⁰ elements here: `Fabric` cuts
/// larger ones. Every call blocks until the caller's part is done.
public protocol Communicator: AnyObject, Sendable {
    /// This rank, from 0.
    var rank: Int { get }
    /// The number of ranks.
    var size: Int { get }
    /// This rank among those of its host, from 0.
    var localRank: Int { get }
    /// The number of ranks on this host.
    var localSize: Int { get }

    /// A communicator of the same ranks whose messages never meet those of this one.
    ///
    /// All ranks make it together.
    ///
    /// - Throws: `FabricError` if it cannot be made.
    func duplicated() throws -> any Communicator

    /// Waits until all ranks are here.
    func barrier() throws

    /// Copies the root's bytes to all ranks.
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer, root: Int) throws

    /// Replaces each element by the reduction of that element over all ranks.
    func allReduce<Scalar: FabricScalar>(_ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction) throws

    /// Bytes of different lengths from all ranks to one, in the order of ranks.
    ///
    /// - Parameters:
    ///   - bytes: What this rank gives.
    ///   - counts: The number of bytes of each rank; the same on all ranks.
    ///   - gathered: Room for all bytes on the root; empty elsewhere.
    ///   - root: The rank that gets them.
    /// - Throws: `FabricError` if a rank cannot be reached.
    func gather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer, root: Int) throws

    /// Bytes of different lengths from all ranks to all ranks, in the order of ranks.
    func allGather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer) throws

    /// The reduction of all ranks' values, of which each rank gets the `counts[rank]` elements that are its share.
    func reduceScatter<Scalar: FabricScalar>(
        _ values: UnsafeBufferPointer<Scalar>, counts: [Int], into share: UnsafeMutableBufferPointer<Scalar>,
        _ reduction: Reduction) throws

    /// Sends bytes to a rank; returns when the buffer may be used again.
    func send(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws

    /// Receives bytes from a rank; the sender sends exactly as many.
    func receive(into bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws

    /// Waits until a message from a rank can be received, and leaves the core to others meanwhile.
    func awaitMessage(from source: Int, tag: Int) throws
}

/// The one rank of a job that runs alone: nothing is exchanged, and MPI is not touched.
public final class SingleCommunicator: Communicator {
    /// Always 0.
    public let rank = 0
    /// Always 1.
    public let size = 1
    /// Always 0.
    public let localRank = 0
    /// Always 1.
    public let localSize = 1

    /// The only rank.
    public init() {}

    /// Another communicator of this rank alone.
    public func duplicated() -> any Communicator { SingleCommunicator() }

    /// Returns at once.
    public func barrier() {}

    /// Leaves the bytes as they are.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, root: Int) {}

    /// Leaves the values as they are.
    public func allReduce<Scalar: FabricScalar>(_ values: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction) {}

    /// Copies the bytes.
    public func gather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer, root: Int
    ) {
        gathered.copyMemory(from: bytes)
    }

    /// Copies the bytes.
    public func allGather(
        _ bytes: UnsafeRawBufferPointer, counts: [Int], into gathered: UnsafeMutableRawBufferPointer
    ) {
        gathered.copyMemory(from: bytes)
    }

    /// Copies the values.
    public func reduceScatter<Scalar: FabricScalar>(
        _ values: UnsafeBufferPointer<Scalar>, counts: [Int], into share: UnsafeMutableBufferPointer<Scalar>,
        _ reduction: Reduction
    ) {
        _ = share.update(fromContentsOf: values)
    }

    /// There is nobody to send to.
    public func send(_ bytes: UnsafeRawBufferPointer, to destination: Int, tag: Int) throws {
        throw FabricError.noSuchRank(destination, size: 1)
    }

    /// There is nobody to receive from.
    public func receive(into bytes: UnsafeMutableRawBufferPointer, from source: Int, tag: Int) throws {
        throw FabricError.noSuchRank(source, size: 1)
    }

    /// There is nobody to wait for.
    public func awaitMessage(from source: Int, tag: Int) throws {
        throw FabricError.noSuchRank(source, size: 1)
    }
}
