import Checkpoints
import Configuration
import Datasets
import OperatingSystem
import OrderedCollections

/// The data that belong to the models of a pool, for methods that learn.
///
/// Nothing of it is looked at before a method asks, so that a pool whose data sets are elsewhere still merges.
public struct PoolData: Sendable {
    /// Which of a pool's data.
    public enum Part: String, Sendable {
        case train = "train_datasets"
        case validation = "val_datasets"
        case test = "test_datasets"
    }

    private let parts: [Part: ConfigurationValue]
    /// Where the tokenizer and the image processor are; nil for with the pretrained model.
    public let processor: ModelReference?

    /// Data as a configuration describes them.
    init(_ parts: [Part: ConfigurationValue] = [:], processor: ModelReference? = nil) {
        self.parts = parts
        self.processor = processor
    }

    /// The tasks of a part, in the order of the configuration; empty if there are none.
    ///
    /// - Throws: `ConfigurationError` or `ZeroShotTaskError` with everything that is wrong with any of them.
    func tasks(_ part: Part) throws -> [ImageTask] {
        guard let value = parts[part], !value.isNull else { return [] }
        return try ImageTask.tasks(value)
    }

    /// The tasks of a part with some names, in their order; others are not looked at.
    ///
    /// - Throws: As above; `PoolDataError` if there is none of a name.
    func tasks(_ part: Part, named names: [String]) throws -> [ImageTask] {
        let value = parts[part]
        let missing = names.filter { value?[$0] == nil }
        guard let value, let entries = value.entries, missing.isEmpty else {
            throw PoolDataError.missing(part: part, names: missing)
        }
        let others = Set(entries.keys.compactMap(\.string)).subtracting(names)
        let tasks = try ImageTask.tasks(value.removing(others))
        return names.compactMap { name in tasks.first { $0.name == name } }
    }
}

extension ModelPool {
    private static var cache: HubCache { HubCache(environment: ProcessEnvironment.all) }

    /// What can be told to be wrong with processor, tokenizer and images of some tasks before any image is read.
    ///
    /// - Parameters:
    ///   - needsTokenizer: Whether a tokenizer must be there.
    ///   - tasks: The tasks.
    /// - Returns: All problems.
    func problemsWithImages(needsTokenizer: Bool = true, of tasks: () throws -> [ImageTask]) -> [String] {
        var problems: [String] = []
        func look(_ body: () throws -> Void) {
            do { try body() } catch { problems.append("\(error)") }
        }
        look {
            let directory = try processorDirectory()
            _ = try CLIPImageProcessor(directory: directory)
            if needsTokenizer { _ = try Tokenizer(directory: directory) }
        }
        look {
            for task in try tasks() { look { _ = try ImageColumns(of: task.dataset.open()) } }
        }
        return problems
    }

    /// The directory of the tokenizer and of the image processor: the pool's, or else the pretrained model's.
    ///
    /// - Throws: `CheckpointError` if it is not there.
    func processorDirectory() throws -> String {
        if let processor = data.processor {
            return try processor.checkpointLocation.resolvedDirectory(cache: Self.cache)
        }
        return try loadPretrainedOrFirst().directory
    }
}

/// A pool does not have the data that a method needs.
enum PoolDataError: Error, Equatable, CustomStringConvertible {
    case missing(part: PoolData.Part, names: [String])

    var description: String {
        switch self {
        case .missing(let part, let names):
            "'\(part.rawValue)' of the model pool has no data set for \(names.map { "'\($0)'" }.joined(separator: ", "))"
        }
    }
}
