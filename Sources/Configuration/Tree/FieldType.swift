/// What a typed setting accepts.
///
/// Users' own keys are all `.any`; Hydra's settings (`hydra.*`) are typed.
indirect enum FieldType: Sendable {
    case any
    case string(isOptional: Bool)
    case integer(isOptional: Bool)
    case boolean(isOptional: Bool)
    case enumeration([String], isOptional: Bool)
    case list(of: FieldType)
    case dictionary(of: FieldType, isOptional: Bool)
    case structure(StructureType)

    /// The name of the type as messages show it.
    var name: String {
        switch self {
        case .any: "anything"
        case .string(let isOptional): isOptional ? "a string or null" : "a string"
        case .integer(let isOptional): isOptional ? "a whole number or null" : "a whole number"
        case .boolean(let isOptional): isOptional ? "true, false or null" : "true or false"
        case .enumeration(let names, let isOptional):
            "one of " + names.joined(separator: ", ") + (isOptional ? " or null" : "")
        case .list(let element): "a list" + (element.isAny ? "" : " of " + element.name + "s").replacingArticles
        case .dictionary(_, let isOptional): isOptional ? "a mapping or null" : "a mapping"
        case .structure(let structure): "a mapping with keys of \(structure.name)"
        }
    }

    private var isAny: Bool {
        if case .any = self { true } else { false }
    }

    var isOptional: Bool {
        switch self {
        case .any: true
        case .string(let isOptional), .integer(let isOptional), .boolean(let isOptional): isOptional
        case .enumeration(_, let isOptional), .dictionary(_, let isOptional): isOptional
        case .list, .structure: false
        }
    }

    /// The type of what stands under a key of a container of this type.
    func child(_ key: ConfigurationKey) -> FieldType {
        switch self {
        case .list(let element), .dictionary(let element, _): element
        case .structure(let structure): key.string.flatMap { structure.fields[$0] } ?? .any
        default: .any
        }
    }
}

extension String {
    fileprivate var replacingArticles: String {
        hasPrefix(" of a ") ? " of " + dropFirst(6) : self
    }
}

/// A mapping whose keys are fixed.
final class StructureType: Sendable {
    let name: String
    let fields: [String: FieldType]

    init(_ name: String, _ fields: [String: FieldType]) {
        self.name = name
        self.fields = fields
    }
}

extension FieldType {
    /// Converts a scalar as the type asks: numbers become strings and the reverse where they can.
    ///
    /// - Returns: nil if the type does not accept the scalar.
    func converting(_ scalar: Scalar) -> Scalar? {
        if case .null = scalar { return isOptional ? .null : nil }
        switch self {
        case .any: return scalar
        case .string: return .string(scalar.pythonString)
        case .integer:
            switch scalar {
            case .integer: return scalar
            case .string(let text): return WholeNumber(text: text.filter { $0 != "_" }).map(Scalar.integer)
            default: return nil
            }
        case .boolean:
            switch scalar {
            case .boolean: return scalar
            case .integer(let number): return .boolean(number != WholeNumber(0))
            case .string(let text):
                switch text.lowercased() {
                case "yes", "y", "on", "true", "1": return .boolean(true)
                case "no", "n", "off", "false", "0": return .boolean(false)
                default: return nil
                }
            default: return nil
            }
        case .enumeration(let names, _):
            switch scalar {
            case .string(let text):
                let name = text.split(separator: ".").last.map(String.init) ?? text
                return names.contains(name) ? .string(name) : nil
            case .integer(let number):
                // The members are numbered from 1.
                guard let index = number.int, (1...names.count).contains(index) else { return nil }
                return .string(names[index - 1])
            default: return nil
            }
        case .list, .dictionary, .structure: return nil
        }
    }
}
