/// One argument of the command line that changes the configuration, such as `method=dare` or `+a.b=[1,2]`.
public struct Override: Sendable {
    /// What the argument does.
    public enum Action: Sendable {
        /// `key=value`
        case change
        /// `+key=value`
        case add
        /// `++key=value`
        case forceAdd
        /// `~key` or `~key=value`
        case delete
    }

    /// The argument as written.
    public let argument: String
    /// What it does.
    public let action: Action
    /// The key or config group.
    public let key: String
    /// The package after `@`; nil without one.
    public let package: String?
    /// The value; nil for a deletion without one.
    public let value: OverrideValue?

    /// The key with its package: `group@package`.
    var keyWithPackage: String { package.map { "\(key)@\($0)" } ?? key }

    /// The key with its package and prefix, as it starts the argument.
    var prefixedKey: String {
        switch action {
        case .change: keyWithPackage
        case .add: "+" + keyWithPackage
        case .forceAdd: "++" + keyWithPackage
        case .delete: "~" + keyWithPackage
        }
    }

    /// Whether several values are given, for a sweep.
    public var isSweep: Bool {
        if case .sweep = value { true } else { false }
    }

    /// Whether the argument is about the run itself rather than the job.
    public var isHydra: Bool { key.hasPrefix("hydra.") || key.hasPrefix("hydra/") }

    /// The single value; nil for sweeps and bare deletions.
    var element: OverrideElement? {
        if case .element(let element) = value { element } else { nil }
    }
}

/// What stands after the equals sign.
public enum OverrideValue: Sendable {
    case element(OverrideElement)
    case sweep(Sweep)
}

/// A value of an override, with its quotes remembered so that it can be written back.
public indirect enum OverrideElement: Sendable {
    case scalar(Scalar)
    case quoted(String, Quote)
    case list([OverrideElement])
    case dictionary([(key: Scalar, value: OverrideElement)])

    /// A kind of quotation mark.
    public enum Quote: Character, Sendable {
        case single = "'"
        case double = "\""
    }
}

/// Several values for one key, each of which makes a job.
public struct Sweep: Sendable {
    /// How the values are given.
    public enum Values: Sendable {
        /// `a,b,c` (simple) or `choice(a,b,c)`
        case choice([OverrideElement], isSimple: Bool)
        /// `range(start,stop,step)`, the stop excluded
        case range(start: Scalar, stop: Scalar, step: Scalar)
        /// `interval(start,end)`: for sweepers that search a continuous space
        case interval(start: Scalar, end: Scalar)
        /// `glob(*)`: the options of a config group that match
        case glob(include: [String], exclude: [String])
    }

    /// The values.
    public var values: Values
    /// Whether they are to be taken in random order.
    public var isShuffled = false
    /// Free words given by `tag(…)`.
    public var tags: Set<String> = []
}
