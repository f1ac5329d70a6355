import Diagnostics

/// Why a function of the override grammar cannot be evaluated.
struct OverrideFunctionError: Error {
    let problem: String

    init(_ problem: String) {
        self.problem = problem
    }
}

/// A call such as `sort(3,1,2,reverse=true)`.
struct OverrideFunctionCall {
    let name: String
    var positional: [OverrideValue] = []
    var named: [(name: String, value: OverrideValue)] = []

    init(name: String) {
        self.name = name
    }

    private static let signatures: [String: [String]] = [
        "int": ["value"], "float": ["value"], "str": ["value"], "bool": ["value"],
        "choice": [], "range": ["start", "stop", "step"], "interval": ["start", "end"],
        "tag": ["sweep"], "sort": ["sweep", "list", "reverse"], "shuffle": ["sweep", "list"],
        "glob": ["include", "exclude"],
    ]

    /// The value that the call gives.
    func evaluate() throws -> OverrideValue {
        guard let parameters = Self.signatures[name] else {
            let nearest = NearestNames.of(name, among: Self.signatures.keys.sorted())
            throw OverrideFunctionError(
                "there is no such function"
                    + (nearest.isEmpty ? "" : "; did you mean \(nearest[0])()?")
                    + " Functions: " + Self.signatures.keys.sorted().joined(separator: ", "))
        }
        for (argument, _) in named where !parameters.contains(argument) {
            throw OverrideFunctionError("there is no argument '\(argument)'")
        }
        if let twice = named.enumerated().first(where: { index, argument in
            named[..<index].contains { $0.name == argument.name }
        }) {
            throw OverrideFunctionError("argument '\(twice.element.name)' is given twice")
        }
        switch name {
        case "int": return try cast(OverrideCast.integer)
        case "float": return try cast(OverrideCast.float)
        case "str": return try cast(OverrideCast.string)
        case "bool": return try cast(OverrideCast.boolean)
        case "choice": return try choice()
        case "range": return try range()
        case "interval": return try interval()
        case "tag": return try tag()
        case "sort": return try sort()
        case "shuffle": return try shuffle()
        default: return try glob()
        }
    }

    // MARK: - Arguments

    private func value(named name: String) -> OverrideValue? { named.first { $0.name == name }?.value.unquoted }

    /// The positional arguments; strings lose their quotes here.
    private var arguments: [OverrideValue] { positional.map(\.unquoted) }

    /// Binds positional and named arguments to parameters in order.
    private func bind(_ parameters: [String]) throws -> [String: OverrideValue] {
        guard positional.count <= parameters.count else {
            throw OverrideFunctionError("it takes at most \(parameters.count) arguments, not \(positional.count)")
        }
        var bound: [String: OverrideValue] = [:]
        for (parameter, argument) in zip(parameters, arguments) { bound[parameter] = argument }
        for (name, value) in named {
            guard bound[name] == nil else { throw OverrideFunctionError("argument '\(name)' is given twice") }
            bound[name] = value.unquoted
        }
        return bound
    }

    private func elements(_ values: [OverrideValue]) throws -> [OverrideElement] {
        try values.map {
            guard case .element(let element) = $0 else { throw OverrideFunctionError("sweeps cannot be nested") }
            return element
        }
    }

    private func number(_ value: OverrideValue?, _ name: String) throws -> Scalar? {
        guard let value else { return nil }
        if case .element(.scalar(let scalar)) = value {
            switch scalar {
            case .integer, .float: return scalar
            case .boolean(let flag): return .integer(WholeNumber(flag ? 1 : 0))
            case .null, .string: break
            }
        }
        throw OverrideFunctionError("argument '\(name)' must be a number, not \(value.kindName)")
    }

    // MARK: - Functions

    private func cast(_ function: (Scalar) throws -> Scalar) throws -> OverrideValue {
        let value: OverrideValue
        if let named = self.value(named: "value") {
            guard positional.isEmpty else { throw OverrideFunctionError("a value is given twice") }
            value = named
        } else {
            guard let first = arguments.first else { throw OverrideFunctionError("there is no value to convert") }
            value =
                positional.count == 1
                ? first : .sweep(Sweep(values: .choice(try elements(arguments), isSimple: true)))
        }
        return try OverrideCast.apply(function, to: value, name: name)
    }

    private func choice() throws -> OverrideValue {
        let values = arguments
        if values.isEmpty { throw OverrideFunctionError("there is nothing to choose from") }
        if values.count == 1, case .sweep(var sweep) = values[0] {
            guard case .choice(let elements, isSimple: true) = sweep.values else {
                throw OverrideFunctionError("choices cannot be nested")
            }
            sweep.values = .choice(elements, isSimple: false)
            return .sweep(sweep)
        }
        let elements = try elements(values)
        if elements.contains(where: \.isNull) { throw OverrideFunctionError("null cannot be chosen") }
        return .sweep(Sweep(values: .choice(elements, isSimple: false)))
    }

    private func range() throws -> OverrideValue {
        let bound = try bind(["start", "stop", "step"])
        guard let first = try number(bound["start"], "start") else {
            throw OverrideFunctionError("argument 'start' is missing")
        }
        let step = try number(bound["step"], "step") ?? .integer(WholeNumber(1))
        var stop = bound["stop"]
        if case .element(.scalar(.null)) = stop { stop = nil }
        if let last = try number(stop, "stop") {
            return .sweep(Sweep(values: .range(start: first, stop: last, step: step)))
        }
        return .sweep(Sweep(values: .range(start: .integer(WholeNumber(0)), stop: first, step: step)))
    }

    private func interval() throws -> OverrideValue {
        let bound = try bind(["start", "end"])
        guard let start = try number(bound["start"], "start"), let end = try number(bound["end"], "end") else {
            throw OverrideFunctionError("it needs a start and an end")
        }
        return .sweep(
            Sweep(values: .interval(start: try OverrideCast.float(start), end: try OverrideCast.float(end))))
    }

    private func tag() throws -> OverrideValue {
        var values = arguments
        if let sweep = value(named: "sweep") {
            if values.isEmpty { throw OverrideFunctionError("it needs at least one tag") }
            values.append(sweep)
        }
        guard case .sweep(var sweep) = values.last else {
            throw OverrideFunctionError("its last argument must be a choice, range or interval")
        }
        if case .glob = sweep.values { throw OverrideFunctionError("a glob cannot be tagged") }
        sweep.tags = Set(
            try values.dropLast().map {
                guard case .element(let element) = $0, let text = element.string else {
                    throw OverrideFunctionError("tags must be strings, not \($0.kindName)")
                }
                return text
            })
        return .sweep(sweep)
    }

    private func shuffle() throws -> OverrideValue {
        let values = (value(named: "list") ?? value(named: "sweep")).map { [$0] } ?? arguments
        if values.contains(where: \.isNull) { throw OverrideFunctionError("null cannot be shuffled") }
        guard values.count == 1, let value = values.first else {
            var sweep = Sweep(values: .choice(try elements(values), isSimple: true))
            sweep.isShuffled = true
            return .sweep(sweep)
        }
        switch value {
        case .sweep(var sweep):
            switch sweep.values {
            case .interval, .glob: throw OverrideFunctionError("only choices and ranges can be shuffled")
            case .choice, .range: break
            }
            sweep.isShuffled = true
            return .sweep(sweep)
        case .element(.list(let items)): return .element(.list(items.shuffled()))
        case .element(let element): return .element(.list([element]))
        }
    }

    private func sort() throws -> OverrideValue {
        var descending = false
        if let reverse = value(named: "reverse") {
            guard case .element(.scalar(.boolean(let flag))) = reverse else {
                throw OverrideFunctionError("argument 'reverse' must be true or false")
            }
            descending = flag
        }
        let values = (value(named: "list") ?? value(named: "sweep")).map { [$0] } ?? arguments
        if values.contains(where: \.isNull) { throw OverrideFunctionError("null cannot be sorted") }
        guard values.count == 1, let value = values.first else {
            if values.isEmpty { throw OverrideFunctionError("there is nothing to sort") }
            let sorted = try OverrideSorting.sorted(try elements(values), descending: descending)
            return .sweep(Sweep(values: .choice(sorted, isSimple: true)))
        }
        switch value {
        case .sweep(let sweep): return .sweep(try OverrideSorting.sorted(sweep, descending: descending))
        case .element(.list(let items)):
            return .element(.list(try OverrideSorting.sorted(items, descending: descending)))
        case .element: return value
        }
    }

    private func glob() throws -> OverrideValue {
        let bound = try bind(["include", "exclude"])
        func patterns(_ name: String) throws -> [String]? {
            guard let value = bound[name] else { return nil }
            guard case .element(let element) = value else {
                throw OverrideFunctionError("argument '\(name)' must be a pattern or a list of patterns")
            }
            if case .scalar(.null) = element, name == "exclude" { return nil }
            if let text = element.string { return [text] }
            guard case .list(let items) = element else {
                throw OverrideFunctionError("argument '\(name)' must be a pattern or a list of patterns")
            }
            return try items.map {
                guard let text = $0.string else {
                    throw OverrideFunctionError("a pattern must be a string, not \($0.kindName)")
                }
                return text
            }
        }
        guard let include = try patterns("include") else {
            throw OverrideFunctionError("argument 'include' is missing")
        }
        return .sweep(Sweep(values: .glob(include: include, exclude: try patterns("exclude") ?? [])))
    }
}

extension OverrideValue {
    fileprivate var unquoted: OverrideValue {
        if case .element(let element) = self { .element(element.unquoted) } else { self }
    }

    fileprivate var isNull: Bool {
        if case .element(let element) = self { element.isNull } else { false }
    }

    fileprivate var kindName: String {
        switch self {
        case .element(let element): element.kindName
        case .sweep: "a sweep"
        }
    }
}

extension OverrideElement {
    fileprivate var isNull: Bool {
        if case .scalar(.null) = self { true } else { false }
    }
}
