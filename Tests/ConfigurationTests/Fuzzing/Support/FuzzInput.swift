/// What a property is tried on.
protocol FuzzInput: Sendable {
    /// The input as it goes to the trace file.
    var bytes: [UInt8] { get }
}

extension [UInt8]: FuzzInput {
    var bytes: [UInt8] { self }
}

extension String: FuzzInput {
    var bytes: [UInt8] { Array(utf8) }
}

/// A configuration and the arguments of a command line.
struct CommandInput: FuzzInput {
    let configName: String
    let arguments: [String]
    let isMultirun: Bool

    var bytes: [UInt8] { Array(([configName] + arguments).joined(separator: "\n").utf8) }
}
