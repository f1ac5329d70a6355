/// What can go wrong between ranks.
public enum FabricError: Error, Sendable, Equatable {
    /// A call of MPI failed.
    case mpi(call: String, reason: String)
    /// MPI cannot be called from several threads.
    case mpiWithoutThreads
    /// A rank outside of the job.
    case noSuchRank(Int, size: Int)
    /// Ranks are at different collective calls; one text a rank.
    case mismatchedCalls([String])
    /// Ranks gave different shapes to one call.
    case mismatchedCounts(call: String, [Int])
    /// A collective call waited too long; one text a rank.
    case timeout(call: String, seconds: Double, places: [String])
    /// MPI did not start in time.
    case startTimeout(seconds: Double)
    /// There is no memory of this size.
    case noMemory(byteCount: Int)
    /// Another rank failed.
    case otherRankFailed
    /// The work of a unit failed.
    case unit(name: String, number: Int, reason: String)
}

extension FabricError: CustomStringConvertible {
    /// What went wrong.
    public var description: String {
        switch self {
        case .mpi(let call, let reason): "\(call) failed: \(reason)"
        case .mpiWithoutThreads: "This MPI library cannot be called from several threads"
        case .noSuchRank(let rank, let size): "There is no rank \(rank) in a job of \(size)"
        case .mismatchedCalls(let places):
            "Ranks are at different collective calls:\n" + places.map { "  " + $0 }.joined(separator: "\n")
        case .mismatchedCounts(let call, let counts): "\(call): the ranks give different numbers of elements: \(counts)"
        case .timeout(let call, let seconds, let places):
            "\(call) has waited for more than \(seconds) s:\n" + places.map { "  " + $0 }.joined(separator: "\n")
        case .startTimeout(let seconds):
            "The start of MPI has waited for more than \(seconds) s: a rank of the job has not started, "
                + "or a host does not answer"
        case .noMemory(let byteCount): "There are no \(byteCount) bytes of memory"
        case .otherRankFailed: "Another rank failed"
        case .unit(let name, let number, let reason): "\(name), unit \(number): \(reason)"
        }
    }
}
