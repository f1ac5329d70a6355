public import Configuration
import OrderedCollections

/// A number of a method that may differ from model to model, and from parameter to parameter.
///
/// In a configuration it is what a `ParameterSetting` is, for all models; or a mapping with the names of models, of which
/// those that are not named have the default of the method. See docs/algorithms/per-parameter.
public struct ModelSetting: Sendable, Equatable {
    /// What holds for models that are not named; nil for the default of the method.
    private let common: ParameterSetting?
    private let named: OrderedDictionary<String, ParameterSetting>

    /// The same for all models.
    public init(_ setting: ParameterSetting) {
        common = setting
        named = [:]
    }

    /// The same number for all models and parameters.
    public init(_ value: Double) {
        self.init(ParameterSetting(value))
    }

    init(named: OrderedDictionary<String, ParameterSetting>) {
        common = nil
        self.named = named
    }

    /// What holds for one model; nil for the default of the method.
    func setting(for model: String) -> ParameterSetting? { named[model] ?? common }

    /// The values of all parameters and models.
    ///
    /// - Parameters:
    ///   - keys: The names of the parameters.
    ///   - models: The names of the models.
    ///   - fallback: The value where nothing is given.
    /// - Returns: For each parameter, one value for each model.
    func numbers(for keys: [String], models: [String], fallback: Double) -> [[Double]] {
        let columns = models.map { model in
            setting(for: model)?.numbers(for: keys, fallback: fallback)
                ?? Array(repeating: fallback, count: keys.count)
        }
        return keys.indices.map { key in columns.map { $0[key] } }
    }

    /// What is wrong with it: names of models that the pool has not, and numbers out of their range.
    ///
    /// - Parameters:
    ///   - key: The key of the method, for messages.
    ///   - method: The name of the method, for messages.
    ///   - models: The names of the models.
    ///   - range: What numbers may be; nil for any.
    /// - Returns: One text for each problem.
    func problems(
        _ key: String, of method: String, models: [String], in range: ClosedRange<Double>? = nil
    ) -> [String] {
        let unknown = named.keys.filter { !models.contains($0) }.map {
            "\(FusionError.unknownModel(method: method, key: key, name: $0, known: models))"
        }
        let settings = (common.map { [$0] } ?? []) + named.values
        return unknown + settings.flatMap { $0.problems(key, of: method, in: range) }
    }
}

extension ModelSetting: ConfigurationDecodable {
    /// What it accepts.
    public static var expectedDescription: String {
        ParameterSetting.expectedDescription + ", or a mapping of models' names to these"
    }

    /// Takes any of these.
    public static func decode(_ argument: Argument) -> ModelSetting? {
        if let setting = ParameterSetting.decode(argument) { return ModelSetting(setting) }
        return OrderedDictionary<String, ParameterSetting>.decode(argument).map { ModelSetting(named: $0) }
    }

    /// What is wrong with the first filter that is no regular expression.
    public static func problem(with argument: Argument) -> String? {
        ParameterSetting.problem(with: argument)
            ?? OrderedDictionary<String, ParameterSetting>.problem(with: argument)
    }
}

extension ParameterSetting {
    /// What is wrong with it: numbers out of their range.
    func problems(_ key: String, of method: String, in range: ClosedRange<Double>?) -> [String] {
        guard let range else { return [] }
        let expected =
            range.upperBound == .infinity
            ? "a number of at least \(range.lowerBound)" : "a number from \(range.lowerBound) to \(range.upperBound)"
        return writtenNumbers.filter { !range.contains($0) }.map {
            "\(FusionError.outOfRange(method: method, key: key, value: $0, expected: expected))"
        }
    }
}
