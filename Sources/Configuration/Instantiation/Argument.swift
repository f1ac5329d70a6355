public import OrderedCollections

/// An argument of a target: a plain value, or what a nested `_target_` made.
public indirect enum Argument {
    case value(ConfigurationValue)
    case object(Any, ConfigurationValue)
    case list([Argument], ConfigurationValue)
    case mapping(OrderedDictionary<ConfigurationKey, Argument>, ConfigurationValue)

    /// The value in the configuration that the argument came from.
    public var source: ConfigurationValue {
        switch self {
        case .value(let value), .object(_, let value), .list(_, let value), .mapping(_, let value): value
        }
    }

    /// The kind of value as messages name it.
    var kindName: String {
        switch self {
        case .value(let value): value.kindName
        case .object(let object, _): "an object of type \(type(of: object))"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// A Swift type that an argument of a configuration can be turned into.
public protocol ConfigurationDecodable {
    /// What the type accepts, as messages name it: "a whole number".
    static var expectedDescription: String { get }

    /// - Returns: nil if the argument is not of the type.
    static func decode(_ argument: Argument) -> Self?

    /// What is wrong with an argument that is not of the type, as a clause, where it can be told better than by
    /// `expectedDescription`; nil otherwise.
    static func problem(with argument: Argument) -> String?
}

extension ConfigurationDecodable {
    /// Most types have nothing to add to what they accept.
    public static func problem(with argument: Argument) -> String? { nil }
}

extension Argument {
    fileprivate var scalar: Scalar? {
        if case .value(let value) = self { value.scalar } else { nil }
    }

    /// The items of a list; nil for everything else.
    fileprivate var items: [Argument]? {
        switch self {
        case .value(let value): value.items.map { $0.map(Argument.value) }
        case .list(let arguments, _): arguments
        case .object, .mapping: nil
        }
    }

    /// The entries of a mapping; nil for everything else.
    fileprivate var entries: [(key: ConfigurationKey, argument: Argument)]? {
        switch self {
        case .value(let value): value.entries.map { $0.map { ($0.key, .value($0.value)) } }
        case .mapping(let arguments, _): arguments.map { ($0.key, $0.value) }
        case .object, .list: nil
        }
    }
}

extension String: ConfigurationDecodable {
    /// A string.
    public static var expectedDescription: String { "a string" }

    /// Takes strings only: a number or boolean here is most likely a missing quotation mark.
    public static func decode(_ argument: Argument) -> String? {
        if case .string(let text)? = argument.scalar { text } else { nil }
    }
}

extension Bool: ConfigurationDecodable {
    /// A boolean.
    public static var expectedDescription: String { "true or false" }

    /// Takes booleans only.
    public static func decode(_ argument: Argument) -> Bool? {
        if case .boolean(let flag)? = argument.scalar { flag } else { nil }
    }
}

extension Int: ConfigurationDecodable {
    /// A whole number.
    public static var expectedDescription: String { "a whole number" }

    /// Takes whole numbers that fit.
    public static func decode(_ argument: Argument) -> Int? {
        if case .integer(let number)? = argument.scalar { number.int } else { nil }
    }
}

extension Double: ConfigurationDecodable {
    /// A number.
    public static var expectedDescription: String { "a number" }

    /// Takes whole numbers and floats.
    public static func decode(_ argument: Argument) -> Double? {
        switch argument.scalar {
        case .integer(let number): number.double
        case .float(let number): number
        default: nil
        }
    }
}

extension Float: ConfigurationDecodable {
    /// A number.
    public static var expectedDescription: String { "a number" }

    /// Takes whole numbers and floats, rounded to single precision.
    public static func decode(_ argument: Argument) -> Float? { Double.decode(argument).map(Float.init) }
}

extension Optional: ConfigurationDecodable where Wrapped: ConfigurationDecodable {
    /// What the wrapped type accepts, or null.
    public static var expectedDescription: String { Wrapped.expectedDescription + " or null" }

    /// Takes null, and what the wrapped type takes.
    public static func decode(_ argument: Argument) -> Wrapped?? {
        if case .null? = argument.scalar { return .some(nil) }
        return Wrapped.decode(argument).map(Optional.some)
    }

    /// What the wrapped type says.
    public static func problem(with argument: Argument) -> String? { Wrapped.problem(with: argument) }
}

extension Array: ConfigurationDecodable where Element: ConfigurationDecodable {
    /// A list of what the elements accept.
    public static var expectedDescription: String { "a list, each item \(Element.expectedDescription)" }

    /// Takes lists.
    public static func decode(_ argument: Argument) -> [Element]? {
        guard let items = argument.items else { return nil }
        var elements: [Element] = []
        for item in items {
            guard let element = Element.decode(item) else { return nil }
            elements.append(element)
        }
        return elements
    }

    /// What is wrong with the first item that has a problem.
    public static func problem(with argument: Argument) -> String? {
        argument.items?.lazy.compactMap(Element.problem).first
    }
}

extension OrderedDictionary: ConfigurationDecodable where Key == String, Value: ConfigurationDecodable {
    /// A mapping of what the values accept.
    public static var expectedDescription: String { "a mapping, each value \(Value.expectedDescription)" }

    /// Takes mappings.
    ///
    /// Keys that are numbers or booleans become strings.
    public static func decode(_ argument: Argument) -> OrderedDictionary<String, Value>? {
        guard let entries = argument.entries else { return nil }
        var result: OrderedDictionary<String, Value> = [:]
        for (key, argument) in entries {
            guard let value = Value.decode(argument) else { return nil }
            result[key.description] = value
        }
        return result
    }

    /// What is wrong with the first value that has a problem.
    public static func problem(with argument: Argument) -> String? {
        argument.entries?.lazy.compactMap { Value.problem(with: $0.argument) }.first
    }
}

extension ConfigurationValue: ConfigurationDecodable {
    /// Anything.
    public static var expectedDescription: String { "a value" }

    /// Takes the part of the configuration as it is, to be instantiated later.
    public static func decode(_ argument: Argument) -> ConfigurationValue? { argument.source }
}
