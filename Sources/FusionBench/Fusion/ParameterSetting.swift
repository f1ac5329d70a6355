public import Configuration
import OrderedCollections

/// A number of a method that may differ from parameter to parameter, as mergekit's users have it.
///
/// In a configuration it is a number; a list of numbers, the gradient over the layers, between which values are
/// interpolated; or a list of `{filter: …, value: …}` of which the first that fits counts, and one without filter always
/// does. See docs/algorithms/per-parameter.
public struct ParameterSetting: Sendable, Equatable {
    /// Values for the parameters whose names a filter fits.
    struct Rule: Sendable, Equatable {
        /// Nil fits every name.
        let filter: NameFilter?
        /// One value, or several from the first layer to the last.
        let gradient: [Double]
    }

    let rules: [Rule]

    /// The same number for all parameters.
    public init(_ value: Double) {
        rules = [Rule(filter: nil, gradient: [value])]
    }

    init(rules: [Rule]) {
        self.rules = rules
    }

    /// The value for one parameter; nil if no rule fits.
    ///
    /// - Parameters:
    ///   - name: The name of the parameter.
    ///   - layer: The place of its layer among all of its kind, from 0 to 1; nil outside of layers.
    /// - Returns: The value of the first rule that fits.
    func value(for name: String, layer: Double?) -> Double? {
        guard let rule = rules.first(where: { $0.filter?.fits(name) ?? true }) else { return nil }
        return Self.interpolated(rule.gradient, at: layer ?? 0)
    }

    /// The values of all parameters.
    ///
    /// - Parameters:
    ///   - names: The names of the parameters.
    ///   - fallback: The value where no rule fits.
    /// - Returns: One value for each name.
    func values(for names: [String], fallback: Double) -> [Float] {
        numbers(for: names, fallback: fallback).map { Float($0) }
    }

    /// The values of all parameters, as they were written: counts are computed from these.
    func numbers(for names: [String], fallback: Double) -> [Double] {
        let layers = LayerPlaces(names)
        return names.map { value(for: $0, layer: layers.place(of: $0)) ?? fallback }
    }

    /// All numbers that were written.
    var writtenNumbers: [Double] { rules.flatMap(\.gradient) }

    private static func interpolated(_ gradient: [Double], at place: Double) -> Double {
        guard let last = gradient.last, gradient.count > 1 else { return gradient.first ?? 0 }
        let position = place * Double(gradient.count - 1)
        let index = Int(position)
        guard index < gradient.count - 1 else { return last }
        let share = position - Double(index)
        return (1 - share) * gradient[index] + share * gradient[index + 1]
    }
}

extension ParameterSetting: ConfigurationDecodable {
    /// What it accepts.
    public static var expectedDescription: String {
        "a number, a list of numbers over the layers, or a list of {filter: …, value: …}"
    }

    /// Takes any of the three.
    public static func decode(_ argument: Argument) -> ParameterSetting? {
        if let number = Double.decode(argument) { return ParameterSetting(number) }
        if let gradient = [Double].decode(argument) {
            return gradient.isEmpty ? nil : ParameterSetting(rules: [Rule(filter: nil, gradient: gradient)])
        }
        guard let items = argument.source.items, !items.isEmpty else { return nil }
        var rules: [Rule] = []
        for item in items {
            guard let entries = item.entries, let value = item["value"],
                entries.keys.allSatisfy({ ["filter", "value"].contains($0.description) })
            else { return nil }
            let numbers = Double.decode(.value(value)).map { [$0] } ?? [Double].decode(.value(value))
            guard let numbers, !numbers.isEmpty else { return nil }
            guard let filter = item["filter"], !filter.isNull else {
                rules.append(Rule(filter: nil, gradient: numbers))
                continue
            }
            guard let text = filter.string, let nameFilter = try? NameFilter(text) else { return nil }
            rules.append(Rule(filter: nameFilter, gradient: numbers))
        }
        return ParameterSetting(rules: rules)
    }

    /// What is wrong with the first filter that is no regular expression.
    public static func problem(with argument: Argument) -> String? {
        (argument.source.items ?? []).lazy.compactMap { $0["filter"]?.string }.compactMap(NameFilter.problem).first
    }
}

/// Where parameters stand among the layers of a model.
///
/// The layer is the first whole number in a name, `model.layers.7.mlp…`, counted for each prefix by itself.
struct LayerPlaces {
    private let lastLayers: [String: Int]

    init(_ names: [String]) {
        var lastLayers: [String: Int] = [:]
        for (prefix, layer) in names.compactMap(Self.layer) {
            lastLayers[prefix] = max(layer, lastLayers[prefix] ?? 0)
        }
        self.lastLayers = lastLayers
    }

    /// From 0 for the first layer to 1 for the last; nil outside of layers.
    func place(of name: String) -> Double? {
        guard let (prefix, layer) = Self.layer(name), let last = lastLayers[prefix] else { return nil }
        return last == 0 ? 1 : Double(layer) / Double(last)
    }

    /// The number of the layer and what stands before it.
    static func layer(_ name: String) -> (prefix: String, layer: Int)? {
        var prefix = ""
        for part in name.split(separator: ".") {
            if let number = Int(part) { return (prefix, number) }
            prefix += part + "."
        }
        return nil
    }
}
