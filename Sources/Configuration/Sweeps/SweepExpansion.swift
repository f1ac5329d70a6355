/// Turns the overrides of a sweep into the overrides of its jobs.
public enum SweepExpansion {
    /// A sweep with more jobs than this is taken for a mistake.
    public static let jobLimit = 100_000

    /// All combinations of the values of all keys: keys in the order of their first appearance, the rightmost key changing
    /// fastest; of several overrides of one key the last one counts, at the place of the first.
    ///
    /// - Parameters:
    ///   - overrides: The arguments, sweeps and others.
    ///   - options: The options of a config group, for `glob()`.
    /// - Returns: The overrides of each job.
    /// - Throws: `ConfigurationError` if a sweep cannot be enumerated.
    public static func jobs(of overrides: [Override], options: (String) throws -> [String]) throws -> [[String]] {
        var keys: [String] = []
        var values: [String: [String]] = [:]
        for override in overrides {
            let key = override.prefixedKey
            if values[key] == nil { keys.append(key) }
            values[key] = try texts(of: override, options: options).map { "\(key)=\($0)" }
        }
        var jobs: [[String]] = [[]]
        for key in keys {
            let choices = values[key] ?? []
            if jobs.count * choices.count > jobLimit {
                throw ConfigurationError(
                    .unsupportedSweep(kind: "a sweep of more than \(jobLimit) jobs"),
                    at: Origin(.commandLine(argument: key)))
            }
            jobs = jobs.flatMap { job in choices.map { job + [$0] } }
        }
        return jobs
    }

    /// The values of one override, as they are written in arguments.
    private static func texts(of override: Override, options: (String) throws -> [String]) throws -> [String] {
        switch override.value {
        case nil: return ["null"]
        case .element(let element): return [element.argumentText]
        case .sweep(let sweep):
            let origin = Origin(.commandLine(argument: override.argument))
            let elements: [OverrideElement]
            switch sweep.values {
            case .choice(let choices, _): elements = choices
            case .range(let start, let stop, let step):
                elements = try range(start, stop, step, origin).map(OverrideElement.scalar)
            case .glob(let include, let exclude):
                elements = try options(override.key).filter { name in
                    include.contains { GlobPattern.matches(name, $0) }
                        && !exclude.contains { GlobPattern.matches(name, $0) }
                }.map { .scalar(.string($0)) }
            case .interval:
                throw ConfigurationError(.unsupportedSweep(kind: "an interval"), at: origin)
            }
            return (sweep.isShuffled ? elements.shuffled() : elements).map(\.argumentText)
        }
    }

    /// The values of a range, its end excluded.
    private static func range(_ start: Scalar, _ stop: Scalar, _ step: Scalar, _ origin: Origin) throws -> [Scalar] {
        func tooMany() -> ConfigurationError {
            ConfigurationError(.unsupportedSweep(kind: "a range of more than \(jobLimit) values"), at: origin)
        }
        guard step.number != 0 else {
            throw ConfigurationError(.unsupportedSweep(kind: "a range with step 0"), at: origin)
        }
        // Halves cannot overflow. This is not exact, so the values are counted as well.
        let approximateCount = (stop.number / 2 - start.number / 2) / step.number * 2
        if approximateCount > Double(jobLimit) + 1 { throw tooMany() }
        if case (.integer(let first), .integer(let last), .integer(let width)) = (start, stop, step),
            let first = first.int, let last = last.int, let width = width.int
        {
            if (Double(last) - Double(first)) / Double(width) > Double(jobLimit) { throw tooMany() }
            return stride(from: first, to: last, by: width).map { .integer(WholeNumber($0)) }
        }
        guard var current = DecimalNumber(start), let end = DecimalNumber(stop), let width = DecimalNumber(step) else {
            throw ConfigurationError(.unsupportedSweep(kind: "a range without an end"), at: origin)
        }
        var values: [Scalar] = []
        while width.signum > 0 ? current < end : current > end {
            values.append(.float(current.double))
            if values.count > jobLimit { throw tooMany() }
            current = current + width
        }
        return values
    }
}

extension DecimalNumber {
    fileprivate init?(_ scalar: Scalar) {
        switch scalar {
        case .integer(let number): self.init(number)
        case .float(let number): self.init(exactly: number)
        default: return nil
        }
    }
}

/// Shell patterns: `*`, `?`, `[abc]`, `[!a-z]`.
enum GlobPattern {
    static func matches(_ name: String, _ pattern: String) -> Bool {
        matches(Array(name.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
    }

    private static func matches(_ name: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        // Greedy matching with one point to come back to: the last star.
        var name = name
        var pattern = pattern
        var restart: (name: ArraySlice<Unicode.Scalar>, pattern: ArraySlice<Unicode.Scalar>)?
        while !name.isEmpty || !pattern.isEmpty {
            if pattern.first == "*" {
                restart = (name, pattern.dropFirst())
                pattern = pattern.dropFirst()
                continue
            }
            if let scalar = name.first, let rest = matchOne(scalar, pattern) {
                name = name.dropFirst()
                pattern = rest
                continue
            }
            guard let point = restart, !point.name.isEmpty else { return false }
            restart = (point.name.dropFirst(), point.pattern)
            name = point.name.dropFirst()
            pattern = point.pattern
        }
        return true
    }

    /// The pattern after its first element if that matches a character.
    private static func matchOne(
        _ scalar: Unicode.Scalar, _ pattern: ArraySlice<Unicode.Scalar>
    ) -> ArraySlice<Unicode.Scalar>? {
        switch pattern.first {
        case nil: return nil
        case "?": return pattern.dropFirst()
        case "[":
            var body = pattern.dropFirst()
            let isNegated = body.first == "!"
            if isNegated { body = body.dropFirst() }
            // A closing bracket in first place belongs to the set.
            guard let end = body.dropFirst().firstIndex(of: "]") else {
                return scalar == "[" ? pattern.dropFirst() : nil
            }
            let set = body[..<end]
            return contains(set, scalar) != isNegated ? pattern[(end + 1)...] : nil
        default: return pattern.first == scalar ? pattern.dropFirst() : nil
        }
    }

    private static func contains(_ set: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar) -> Bool {
        var rest = set
        while let low = rest.first {
            if rest.count >= 3, rest[rest.startIndex + 1] == "-" {
                let high = rest[rest.startIndex + 2]
                if low <= scalar, scalar <= high { return true }
                rest = rest.dropFirst(3)
            } else {
                if low == scalar { return true }
                rest = rest.dropFirst()
            }
        }
        return false
    }
}
