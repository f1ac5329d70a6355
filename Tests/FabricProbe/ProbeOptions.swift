import Fabric

/// The arguments of the probe.
struct ProbeOptions {
    let scenario: String
    /// The rank with the fault.
    var rank = 0
    /// A directory in which each rank holds a temporary file.
    var output: String?
    /// How many more temporary files the last rank has.
    var fileCount = 0
    /// The longest message; nil for MPI's own limit.
    var largestCount: Int?
    var configuration = FabricConfiguration()

    init(_ arguments: [String]) throws {
        guard let first = arguments.first else { throw ProbeError("Which scenario?") }
        scenario = first
        configuration.threadCount = 1
        configuration.checksCalls = true
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw ProbeError("\(name) needs a value") }
            switch name {
            case "--rank": rank = Int(value) ?? 0
            case "--threads": configuration.threadCount = Int(value)
            case "--timeout": configuration.timeout = Double(value)
            case "--largest-count": largestCount = Int(value)
            case "--output": output = value
            case "--files": fileCount = Int(value) ?? 0
            case "--only-checks-on": configuration.checksCalls = JobEnvironment.rankNumber == Int(value)
            default: throw ProbeError("There is no option '\(name)'")
            }
        }
    }
}
