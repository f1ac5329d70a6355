import TestSupport

/// A configuration and the arguments of a command line.
struct CommandInput: FuzzInput {
    let configName: String
    let arguments: [String]
    let isMultirun: Bool

    var bytes: [UInt8] { Array(([configName] + arguments).joined(separator: "\n").utf8) }
}
