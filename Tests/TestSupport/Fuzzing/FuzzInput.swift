/// What a property is tried on.
package protocol FuzzInput: Sendable {
    /// The input as it goes to the trace file.
    var bytes: [UInt8] { get }
}

extension [UInt8]: FuzzInput {
    package var bytes: [UInt8] { self }
}

extension String: FuzzInput {
    package var bytes: [UInt8] { Array(utf8) }
}
