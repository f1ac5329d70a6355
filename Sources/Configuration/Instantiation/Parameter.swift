import Diagnostics

/// An argument that a target takes: its name, its type and what it is where nobody gives it.
public struct Parameter<Value> {
    let name: String
    let defaultValue: Value?
    let expected: String
    let decode: (Argument) -> Value?
    let problem: (Argument) -> String?

    /// A parameter of an object that a nested `_target_` makes.
    public static func object(_ name: String, as type: Value.Type = Value.self, default: Value? = nil) -> Parameter<
        Value
    > {
        Parameter(
            name: name, defaultValue: `default`, expected: "a configuration of \(type)",
            decode: { if case .object(let object, _) = $0 { object as? Value } else { nil } }, problem: { _ in nil })
    }

    private init(
        name: String, defaultValue: Value?, expected: String, decode: @escaping (Argument) -> Value?,
        problem: @escaping (Argument) -> String?
    ) {
        self.name = name
        self.defaultValue = defaultValue
        self.expected = expected
        self.decode = decode
        self.problem = problem
    }
}

extension Parameter where Value: ConfigurationDecodable {
    /// A parameter that must be given.
    public init(_ name: String) {
        self.init(
            name: name, defaultValue: nil, expected: Value.expectedDescription, decode: Value.decode,
            problem: Value.problem)
    }

    /// A parameter with a default.
    public init(_ name: String, default defaultValue: Value) {
        self.init(
            name: name, defaultValue: defaultValue, expected: Value.expectedDescription, decode: Value.decode,
            problem: Value.problem)
    }
}

/// What a target accepts besides its parameters.
public enum AdditionalArguments: Sendable {
    /// An unknown argument is an error.
    case areErrors
    /// Unknown arguments are ignored, as a Python target with `**kwargs` does.
    case areIgnored
}

/// Takes the parameters of a target out of its arguments and collects everything that is wrong with them.
struct ArgumentBinder {
    let target: String
    private var arguments: [(name: String, argument: Argument)]
    private var known: [String] = []
    private var used: Set<String> = []
    private(set) var errors: [ConfigurationError] = []
    private let origin: Origin

    init(target: String, arguments: [(name: String, argument: Argument)], origin: Origin) {
        self.target = target
        self.arguments = arguments
        self.origin = origin
    }

    /// The value of a parameter; nil, with an error noted, if there is none of the right type.
    mutating func bind<Value>(_ parameter: Parameter<Value>) -> Value? {
        known.append(parameter.name)
        guard let (_, argument) = arguments.first(where: { $0.name == parameter.name }) else {
            if let defaultValue = parameter.defaultValue { return defaultValue }
            errors.append(
                ConfigurationError(
                    .missingArgument(name: parameter.name, target: target, expected: parameter.expected), at: origin))
            return nil
        }
        used.insert(parameter.name)
        if case .missing = argument.source.content {
            errors.append(ConfigurationError(.missingValue(key: argument.source.path), at: argument.source.origin))
            return nil
        }
        if let value = parameter.decode(argument) { return value }
        let problem: ConfigurationError.Problem =
            if let problem = parameter.problem(argument) {
                .invalidArgument(name: parameter.name, target: target, problem: problem)
            } else {
                .argumentType(
                    name: parameter.name, target: target, expected: parameter.expected, found: argument.kindName)
            }
        errors.append(ConfigurationError(problem, at: argument.source.origin))
        return nil
    }

    /// Notes an error for every argument that no parameter took.
    mutating func refuseOthers() {
        for (name, argument) in arguments where !used.contains(name) {
            errors.append(
                ConfigurationError(
                    .unknownArgument(
                        name: name, target: target, nearest: NearestNames.of(name, among: known), known: known),
                    at: argument.source.keyOrigin ?? argument.source.origin))
        }
    }

    /// - Throws: The error, or all errors as one.
    func check() throws {
        if let first = errors.first, errors.count == 1 { throw first }
        if !errors.isEmpty { throw ConfigurationError(.several(errors), at: origin) }
    }
}
