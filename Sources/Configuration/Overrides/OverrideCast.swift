/// The casts `int()`, `float()`, `str()` and `bool()`, over single values and over all values of a container or sweep.
enum OverrideCast {
    static func apply(
        _ function: (Scalar) throws -> Scalar, to value: OverrideValue, name: String
    ) throws -> OverrideValue {
        switch value {
        case .element(let element): return .element(try apply(function, to: element))
        case .sweep(let sweep):
            switch sweep.values {
            case .choice(let elements, let isSimple):
                return .sweep(
                    Sweep(values: .choice(try elements.map { try apply(function, to: $0) }, isSimple: isSimple)))
            case .range(let start, let stop, let step):
                guard name == "int" || name == "float" else {
                    throw OverrideFunctionError("a range can only be made of whole numbers or floats")
                }
                return .sweep(
                    Sweep(
                        values: .range(start: try function(start), stop: try function(stop), step: try function(step))))
            case .interval(let start, let end):
                guard name == "int" || name == "float" else {
                    throw OverrideFunctionError("an interval can only be made of whole numbers or floats")
                }
                return .sweep(
                    Sweep(values: .interval(start: try function(start), end: try function(end)), tags: sweep.tags))
            case .glob: throw OverrideFunctionError("a glob cannot be converted")
            }
        }
    }

    private static func apply(
        _ function: (Scalar) throws -> Scalar, to element: OverrideElement
    ) throws -> OverrideElement {
        switch element {
        case .scalar(let scalar): .scalar(try function(scalar))
        case .quoted(let text, _): .scalar(try function(.string(text)))
        case .list(let items): .list(try items.map { try apply(function, to: $0) })
        case .dictionary(let entries): .dictionary(try entries.map { ($0.key, try apply(function, to: $0.value)) })
        }
    }

    static func integer(_ scalar: Scalar) throws -> Scalar {
        switch scalar {
        case .integer: return scalar
        case .boolean(let flag): return .integer(WholeNumber(flag ? 1 : 0))
        case .float(let number):
            guard let whole = WholeNumber(truncating: number) else {
                throw OverrideFunctionError("\(PythonText.float(number)) has no whole part")
            }
            return .integer(whole)
        case .string(let text):
            if let number = pythonInteger(text) { return .integer(number) }
            throw OverrideFunctionError("'\(text)' is no whole number")
        case .null: throw OverrideFunctionError("null cannot be converted")
        }
    }

    /// Reads a whole number as Python's `int()` does: blanks around it and single underscores in it are allowed.
    static func pythonInteger(_ text: String) -> WholeNumber? {
        let digits = text.trimmingBlanks
        let unsigned = digits.drop { $0 == "+" || $0 == "-" }
        guard digits.count - unsigned.count <= 1, hasValidUnderscores(unsigned) else { return nil }
        return WholeNumber(text: digits.filter { $0 != "_" })
    }

    private static func hasValidUnderscores(_ digits: some StringProtocol) -> Bool {
        digits.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { !$0.isEmpty }
    }

    static func float(_ scalar: Scalar) throws -> Scalar {
        switch scalar {
        case .float: return scalar
        case .integer(let number): return .float(number.double)
        case .boolean(let flag): return .float(flag ? 1 : 0)
        case .string(let text):
            guard PythonNumberText.isNumber(text) else { throw OverrideFunctionError("'\(text)' is no number") }
            let digits = text.trimmingBlanks.lowercased().replacing("infinity", with: "inf")
            return .float(Double.fromPython(digits))
        case .null: throw OverrideFunctionError("null cannot be converted")
        }
    }

    static func string(_ scalar: Scalar) throws -> Scalar {
        switch scalar {
        case .null: throw OverrideFunctionError("null cannot be converted")
        case .boolean(let flag): .string(flag ? "true" : "false")
        default: .string(scalar.pythonString)
        }
    }

    static func boolean(_ scalar: Scalar) throws -> Scalar {
        switch scalar {
        case .boolean: return scalar
        case .integer(let number): return .boolean(number != WholeNumber(0))
        case .float(let number): return .boolean(number != 0)
        case .string(let text):
            switch text.lowercased() {
            case "true": return .boolean(true)
            case "false": return .boolean(false)
            default: throw OverrideFunctionError("'\(text)' is neither true nor false")
            }
        case .null: return .boolean(false)
        }
    }
}

extension String {
    var trimmingBlanks: String {
        let start = drop { $0.isWhitespace }
        return String(start).trimmingTrailing { $0.isWhitespace }
    }
}
