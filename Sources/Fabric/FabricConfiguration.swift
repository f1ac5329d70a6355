public import Tensors

/// How a job is spread over processes and threads: the group `fabric` of a configuration.
public struct FabricConfiguration: Sendable {
    /// Processes on each node.
    public var devices = 1
    /// Nodes.
    public var nodeCount = 1
    /// A file that lists hosts, one a line, as mpirun takes it.
    public var hostFile: String?
    /// What to compute on.
    public var accelerator = Accelerator.auto
    /// Threads of each process; nil for the host's cores divided by its processes.
    public var threadCount: Int?
    /// How long a collective call may wait, in seconds; nil for ever.
    public var timeout: Double? = 1800
    /// After how many steps long work keeps its state; nil for never.
    public var saveInterval: Int? = 100
    /// Whether ranks check that they are at the same collective call.
    public var checksCalls: Bool
    /// Whether each line of output starts with the rank that wrote it.
    public var tagsOutput = false

    /// Whether no progress is shown.
    public var isQuiet = false

    /// One process with the defaults.
    public init() {
        #if DEBUG
            checksCalls = true
        #else
            checksCalls = false
        #endif
    }

    /// The number of ranks.
    public var worldSize: Int { devices * nodeCount }
}

/// A kind of device to compute on.
public enum Accelerator: String, CaseIterable, Sendable {
    /// The best there is.
    case auto
    case cpu
    case cuda
    /// Any GPU.
    case gpu

    /// The kind of device that it names; nil for the best there is.
    private var kind: Device.Kind? {
        switch self {
        case .auto: nil
        case .cpu: .cpu
        case .cuda, .gpu: .cuda
        }
    }

    /// What a rank computes on.
    ///
    /// - Parameters:
    ///   - localRank: The rank among those of its host.
    ///   - backends: What there is.
    /// - Returns: A device that no other rank of the host has, unless it is the processor.
    /// - Throws: `DeviceError` if there is none.
    public func device(
        localRank: Int, among backends: [any Backend] = Backends.all
    ) throws(DeviceError) -> Device {
        guard let kind else { return Backends.bestDevice(localRank: localRank, among: backends) }
        return try Backends.device(kind, localRank: localRank, among: backends)
    }
}
