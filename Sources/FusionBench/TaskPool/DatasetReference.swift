import Checkpoints
import Configuration
import Datasets
import OperatingSystem

/// A data set as a configuration names it, not opened yet.
struct DatasetReference: Sendable {
    /// Finds the data set and reads its headers.
    ///
    /// - Throws: What is wrong with it, or where it was looked for.
    let open: @Sendable () throws -> any Dataset
}

extension DatasetReference {
    /// A data set on this computer or in the cache of the hub.
    init(_ dataset: LoadDataset) {
        self.init { try dataset.load(cache: HubCache(environment: ProcessEnvironment.all)) }
    }

    /// The data set with its images corrupted, in the same way in each run.
    func corrupted(_ kind: ImageCorruption.Kind, severity: Int) throws -> DatasetReference {
        let corruption = try ImageCorruption(kind, severity: severity)
        return DatasetReference {
            let dataset = try open()
            let column = try ImageColumns(of: dataset).image
            return CorruptedDataset(dataset, column: column, corruption: corruption, seed: 0)
        }
    }
}

extension TargetRegistry {
    /// The data sets that a configuration can name, each also with `corruption` and `severity`.
    static var datasets: TargetRegistry {
        var plain = TargetRegistry()
        plain.registerDatasets()
        var registry = TargetRegistry()
        registry.register(
            plain, withParameters: Parameter<Choice<ImageCorruption.Kind>?>("corruption", default: nil),
            Parameter("severity", default: CorruptionSeverity(value: 1))
        ) { object, kind, severity in
            guard let kind, let dataset = object as? DatasetReference else { return object }
            return try dataset.corrupted(kind.value, severity: severity.value)
        }
        return registry
    }
}

/// How much images are corrupted.
struct CorruptionSeverity: ConfigurationDecodable {
    let value: Int

    static var expectedDescription: String {
        "a whole number from \(ImageCorruption.severities.lowerBound) to \(ImageCorruption.severities.upperBound)"
    }

    static func decode(_ argument: Argument) -> CorruptionSeverity? {
        Int.decode(argument).flatMap { ImageCorruption.severities.contains($0) ? CorruptionSeverity(value: $0) : nil }
    }
}
