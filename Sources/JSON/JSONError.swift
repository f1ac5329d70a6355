/// Where and why a text is no JSON, or not the JSON that is expected.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// In bytes from the start.
    public let offset: Int
    /// What is wrong, as a clause.
    public let problem: String

    /// An error at a place.
    public init(offset: Int, problem: String) {
        self.offset = offset
        self.problem = problem
    }

    /// Problem and place.
    public var description: String { "\(problem) (at byte \(offset))" }
}

extension JSONValue {
    /// Reads JSON text (RFC 8259), with `NaN` and `Infinity` as Python writes them.
    ///
    /// The text is taken as untrusted: it must be UTF-8, nest at most 200 levels, and name no key twice.
    ///
    /// - Throws: `JSONError` with the place.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        var reader = JSONReader(Array(bytes))
        self = try reader.readValue()
        try reader.finish()
    }
}
