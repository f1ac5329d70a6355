import Configuration
import Datasets

/// A task of image classification: its classes, and the images to classify.
struct ImageTask: Sendable {
    /// What reports call it.
    let name: String
    /// Its classes and the texts for them.
    let classes: ZeroShotTask
    let dataset: DatasetReference

    /// The tasks that a configuration lists by name, each an entry of a data set.
    ///
    /// - Throws: `ConfigurationError` or `ZeroShotTaskError` with everything that is wrong with any of them.
    static func tasks(_ value: ConfigurationValue) throws -> [ImageTask] {
        guard let entries = value.entries else {
            throw ConfigurationError(
                .unexpectedType(key: value.path, expected: "a mapping of data sets by task", found: value.kindName),
                at: value.origin)
        }
        var errors = ErrorCollector()
        let tasks = try entries.compactMap { key, entry -> ImageTask? in
            try errors.collect {
                let name = key.description
                let classes = try ZeroShotTask(name: name, entry: entry)
                return ImageTask(name: name, classes: classes, dataset: try dataset(entry))
            }
        }
        try errors.throwCollected()
        return tasks
    }

    /// The data set of an entry, which may name the classes of a task besides.
    ///
    /// - Throws: `ConfigurationError` if it is none.
    static func dataset(_ entry: ConfigurationValue) throws -> DatasetReference {
        let object = try Instantiator(.datasets).instantiate(entry.removing(ZeroShotTask.configurationKeys))
        guard let dataset = object as? DatasetReference else {
            throw ConfigurationError(
                .unexpectedType(key: entry.path, expected: "a data set", found: "another object"), at: entry.origin)
        }
        return dataset
    }
}
