import JSON
import OrderedCollections

extension JSONValue {
    /// The entries of an object, in their order; nil for anything else.
    var entries: OrderedDictionary<String, JSONValue>? {
        if case .object(let entries) = self { entries } else { nil }
    }
}
