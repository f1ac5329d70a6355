import Configuration
import Datasets
import OrderedCollections

/// What the task pool of FusionBench 0.1, `type: clip_vit_classification`, has that `CLIPVisionModelTaskPool` has otherwise:
/// its tasks are a list, and their classes belong to the name of the data set.
enum CLIPImageClassificationTaskPool {
    /// The data set of a task, with the type that the pool names for those that name none.
    fileprivate static let datasetTarget = "fusion_bench.dataset.load_dataset_from_config"

    /// The tasks that a configuration lists.
    ///
    /// - Throws: `ConfigurationError` with everything that is wrong with any of them; `ZeroShotTaskError` if classes are.
    fileprivate static func tasks(_ value: ConfigurationValue, datasetType: String?) throws -> [ImageTask] {
        guard let items = value.items else { throw unexpected(value, "a list of tasks") }
        var errors = ErrorCollector()
        let tasks = try items.compactMap { item in try errors.collect { try task(item, datasetType) } }
        try errors.throwCollected()
        return tasks
    }

    private static func task(_ item: ConfigurationValue, _ datasetType: String?) throws -> ImageTask {
        guard let name = item["name"]?.string else { throw unexpected(item, "a task with a name") }
        guard let dataset = item["dataset"], var entries = dataset.entries, let datasetName = dataset["name"]?.string
        else { throw unexpected(item["dataset"] ?? item, "a data set with a name") }
        func add(_ key: String, _ text: String?) {
            guard let text, entries[.string(key)] == nil else { return }
            entries[.string(key)] = ConfigurationValue(
                .scalar(.string(text)), origin: dataset.origin, path: "\(dataset.path).\(key)")
        }
        add("_target_", datasetTarget)
        add("type", datasetType)
        let entry = ConfigurationValue(.mapping(entries), origin: dataset.origin, path: dataset.path)
        return ImageTask(
            name: name, classes: try ZeroShotTask(name: datasetName, entry: entry),
            dataset: try ImageTask.dataset(entry))
    }

    private static func unexpected(_ value: ConfigurationValue, _ expected: String) -> ConfigurationError {
        ConfigurationError(
            .unexpectedType(key: value.path, expected: expected, found: value.kindName), at: value.origin)
    }
}

extension TargetRegistry {
    mutating func registerCLIPImageClassificationTaskPool() {
        register(
            "fusion_bench.compat.taskpool.clip_image_classification.CLIPImageClassificationTaskPool",
            parameters: Parameter<ConfigurationValue>("tasks"), Parameter<ModelReference>("clip_model"),
            Parameter<String?>("dataset_type", default: nil), Parameter<PositiveInteger?>("batch_size", default: nil),
            Parameter<Bool?>("fast_dev_run", default: nil), additional: .areIgnored
        ) { tasks, clipModel, datasetType, batchSize, isFast in
            CLIPVisionModelTaskPool(
                tasks: try CLIPImageClassificationTaskPool.tasks(tasks, datasetType: datasetType), clipModel: clipModel,
                processor: clipModel, imageProcessor: clipModel, batchSize: batchSize?.value ?? 1,
                isFastDevelopmentRun: isFast, badSamples: .stop, features: nil)
        }
    }

    /// A data set of FusionBench 0.1: `type: huggingface_image_classification`, or `type: instantiate` with an `object`.
    mutating func registerLegacyDatasets() {
        register(
            CLIPImageClassificationTaskPool.datasetTarget, parameters: Parameter<Choice<LegacyDatasetType>>("type"),
            Parameter<String?>("name", default: nil), Parameter<String?>("path", default: nil),
            Parameter<String?>("split", default: nil), Parameter<ConfigurationValue?>("kwargs", default: nil),
            Parameter<DatasetArgument?>("object", default: nil), additional: .areIgnored
        ) { type, name, path, split, options, object in
            switch type.value {
            case .instantiated:
                guard let object else { throw missing("object", DatasetArgument.expectedDescription) }
                return object.reference
            case .huggingFace:
                guard let path = path ?? name else { throw missing("path", String.expectedDescription) }
                let dataset = LoadDataset(
                    path: path, name: options?["name"]?.string, dataDirectory: options?["data_dir"]?.string,
                    split: split ?? options?["split"]?.string, revision: options?["revision"]?.string)
                return DatasetReference(dataset)
            }
        }
    }
}

private func missing(_ name: String, _ expected: String) -> ConfigurationError {
    ConfigurationError(
        .missingArgument(name: name, target: CLIPImageClassificationTaskPool.datasetTarget, expected: expected))
}

/// How a data set of FusionBench 0.1 is described.
private enum LegacyDatasetType: String, CaseIterable {
    case huggingFace = "huggingface_image_classification"
    case instantiated = "instantiate"
}
