/// Reads the settings of an object one by one, and collects what is wrong with them.
///
/// Keys that nobody asks for are ignored: files of a model say more than one program wants to know.
///
/// ```swift
/// var settings = JSONSettings(object)
/// let width = settings.size("hidden_size", default: 768)
/// let heads = settings.nested("text_config") { $0.size("num_attention_heads", default: 8) }
/// guard settings.problems.isEmpty else { … }
/// ```
public struct JSONSettings {
    /// What is wrong with one setting.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The key, with those of the objects around it: `text_config.hidden_size`.
        public let key: String
        /// What was expected.
        public let expected: String
        /// What stands there; nil if nothing does.
        public let found: String?

        /// Key, expectation and what was found.
        public var description: String {
            "\(key) must be \(expected)" + (found.map { ", not \($0)" } ?? ", and is missing")
        }
    }

    /// The object.
    public let value: JSONValue
    private let path: String
    /// What is wrong so far, in the order in which it was asked for.
    public private(set) var problems: [Problem] = []

    /// The settings of an object.
    public init(_ value: JSONValue) {
        self.init(value, path: "")
    }

    private init(_ value: JSONValue, path: String) {
        self.value = value
        self.path = path
        if value.object == nil {
            problems.append(
                Problem(key: path.isEmpty ? "the file" : path, expected: "an object", found: Self.shown(value)))
        }
    }

    /// Whether a key is there, and not null.
    public func has(_ key: String) -> Bool { value[key].map { $0 != .null } ?? false }

    /// A whole number of at least 1.
    public mutating func size(_ key: String, default fallback: Int? = nil) -> Int {
        read(key, "a whole number above 0", fallback, or: 1) { $0.int.flatMap { $0 > 0 ? $0 : nil } }
    }

    /// A whole number.
    public mutating func integer(_ key: String, default fallback: Int? = nil) -> Int {
        read(key, "a whole number", fallback, or: 0) { $0.int }
    }

    /// A finite number.
    public mutating func number(_ key: String, default fallback: Double? = nil) -> Double {
        read(key, "a number", fallback, or: 0) { $0.double.flatMap { $0.isFinite ? $0 : nil } }
    }

    /// True or false.
    public mutating func flag(_ key: String, default fallback: Bool? = nil) -> Bool {
        read(key, "true or false", fallback, or: false) {
            if case .boolean(let flag) = $0 { flag } else { nil }
        }
    }

    /// A string.
    public mutating func string(_ key: String, default fallback: String? = nil) -> String {
        read(key, "a string", fallback, or: "") { $0.string }
    }

    /// A value of any other kind.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - expected: What it must be, for messages.
    ///   - fallback: What it is where it is missing or null; nil if it must be there.
    ///   - placeholder: What to go on with after a problem.
    ///   - decode: Gives nil for what it must not be.
    /// - Returns: The value, or what stands in for it.
    public mutating func read<Value>(
        _ key: String, _ expected: String, _ fallback: Value?, or placeholder: @autoclosure () -> Value,
        _ decode: (JSONValue) -> Value?
    ) -> Value {
        let found = value[key] ?? .null
        if found == .null, let fallback { return fallback }
        if found != .null, let decoded = decode(found) { return decoded }
        let shown = found == .null && value[key] == nil ? nil : Self.shown(found)
        problems.append(Problem(key: path + key, expected: expected, found: shown))
        return fallback ?? placeholder()
    }

    /// Reads an object inside, whose problems are told with these.
    public mutating func nested<Result>(_ key: String, _ body: (inout JSONSettings) -> Result) -> Result {
        var inner = JSONSettings(value[key] ?? [:], path: path + key + ".")
        let result = body(&inner)
        problems += inner.problems
        return result
    }

    /// Adds a problem that concerns more than one setting.
    public mutating func report(_ key: String, expected: String) {
        problems.append(Problem(key: path + key, expected: expected, found: value[key].map(Self.shown)))
    }

    private static func shown(_ value: JSONValue) -> String {
        let text = value.text()
        return text.count <= 60 ? text : text.prefix(57) + "…"
    }
}
