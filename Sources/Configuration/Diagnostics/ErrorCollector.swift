/// Gathers the errors of several things that are tried one after another, so that they are told together.
public struct ErrorCollector {
    private var errors: [ConfigurationError] = []

    /// A collector without errors.
    public init() {}

    /// Notes an error.
    public mutating func add(_ error: ConfigurationError) { errors.append(error) }

    /// Tries something.
    ///
    /// - Returns: The result; nil if a `ConfigurationError` was thrown, which is noted.
    /// - Throws: Errors of other types.
    public mutating func collect<Value>(_ work: () throws -> Value?) throws -> Value? {
        do {
            return try work()
        } catch let error as ConfigurationError {
            add(error)
            return nil
        }
    }

    /// - Throws: The one error that was noted, or all of them as one.
    public func throwCollected() throws {
        if let first = errors.first { throw errors.count == 1 ? first : ConfigurationError(.several(errors)) }
    }
}
