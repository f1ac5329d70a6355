import JSON
import OrderedCollections

/// Reads the components of a tokenizer from their descriptions, and notes what is wrong or not supported.
struct ComponentReader {
    /// A component: its kind, and what is said about it.
    struct Component {
        let type: String
        let path: String
        let settings: OrderedDictionary<String, JSONValue>
    }

    var problems: [TokenizerProblem] = []

    mutating func note(_ problem: TokenizerProblem) { problems.append(problem) }

    /// A component of one of some kinds, with the settings that each kind knows.
    mutating func component(
        _ value: JSONValue, _ path: String, kinds: KeyValuePairs<String, Set<String>>
    ) -> Component? {
        guard let settings = value.object, let type = settings["type"]?.string else {
            note(.wrongSetting(path, expected: "an object with a 'type'"))
            return nil
        }
        guard let known = kinds.first(where: { $0.key == type })?.value else {
            let supported = kinds.map(\.key).joined(separator: ", ")
            note(.unsupportedSetting("\(path).type", value: type, supported: supported))
            return nil
        }
        for name in settings.keys where name != "type" && !known.contains(name) {
            note(.unknownSetting("\(path).\(name)"))
        }
        return Component(type: type, path: path, settings: settings)
    }

    /// The items of a component that holds others.
    mutating func items(_ component: Component, _ name: String) -> [(value: JSONValue, path: String)] {
        guard let items = component.settings[name]?.array else {
            note(.wrongSetting("\(component.path).\(name)", expected: "a list"))
            return []
        }
        return items.enumerated().map { ($1, "\(component.path).\(name)[\($0)]") }
    }

    mutating func flag(_ component: Component, _ name: String, default standard: Bool) -> Bool {
        switch component.settings[name] {
        case nil: return standard
        case .boolean(let flag): return flag
        default:
            note(.wrongSetting("\(component.path).\(name)", expected: "true or false"))
            return standard
        }
    }

    mutating func text(_ component: Component, _ name: String) -> String? {
        guard let value = component.settings[name], value != nil else { return nil }
        if value.string == nil { note(.wrongSetting("\(component.path).\(name)", expected: "a text or null")) }
        return value.string
    }

    /// Notes a setting that has none of the values that are supported.
    ///
    /// - Returns: Whether it has one.
    @discardableResult
    mutating func require(_ component: Component, _ name: String, isOneOf supported: [JSONValue]) -> Bool {
        let value = component.settings[name] ?? nil
        if supported.contains(value) { return true }
        note(
            .unsupportedSetting(
                "\(component.path).\(name)", value: value.compactText,
                supported: supported.map(\.compactText).joined(separator: ", ")))
        return false
    }
}
