import JSON

extension JSONValue {
    /// The entries of an object, in their order; nil for anything else.
    var entries: [(key: String, value: JSONValue)]? {
        // An array, because the members of ordered dictionaries are not imported here.
        if case .object(let entries) = self { Array(entries) } else { nil }
    }
}
