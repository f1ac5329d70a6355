import Checkpoints
import Configuration
import Fabric
import JSON
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

/// Runs methods that train on the fixture pool, in this process, on any number of ranks and threads.
struct FinetuningRun {
    static let fixtures = FileSystem.join(
        FileSystem.directoryName(FileSystem.directoryName(#filePath)), "Fixtures")
    static let evaluation = FileSystem.join(fixtures, "evaluation")
    static let finetune =
        "_target_: fusion_bench.method.classification.clip_finetune.ImageClassificationFineTuningForCLIP\n"
    static let continual = "_target_: fusion_bench.method.ContinualImageClassificationFineTuningForCLIP\n"

    var ranks = 1
    var threads = 1
    var saveInterval: Int?
    var resumes = false
    /// Whether a run only tries things out, by one step.
    var isFast = false
    /// Who gets the states after each task, of every rank.
    var stepReceiver: (any FusionStepReceiver)?
    /// The output directory; states are kept there, too.
    var directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    /// What a run has made.
    struct Result: Sendable {
        let tensors: MergingRun.Tensors
        let losses: [Double]
    }

    static func pool(data: String = standardData) throws -> ModelPool {
        let yaml = """
            _target_: fusion_bench.modelpool.CLIPVisionModelPool
            models: {_pretrained_: \(evaluation)/clip}
            processor: \(evaluation)/clip
            train_datasets:
            """ + "\n" + data
        let object = try Instantiator(.fusionBench).instantiate(ConfigurationValue(yaml: yaml), recursive: false)
        return try #require(object as? ModelPool)
    }

    static let standardData = """
          mnist: {_target_: datasets.load_dataset, path: \(evaluation)/data/mnist, split: test}
          eurosat: {_target_: datasets.load_dataset, path: \(evaluation)/data/eurosat, split: test}

        """

    /// Runs a method.
    ///
    /// - Parameters:
    ///   - method: Its configuration.
    ///   - data: The pool's training data.
    ///   - failing: The number of steps after which the run breaks off; nil for none.
    /// - Returns: The model and the losses.
    /// - Throws: The first error of any rank.
    func callAsFunction(
        _ method: String, data: String = standardData, failingAfter failing: Int? = nil
    ) throws -> Result {
        try self(method, pool: Self.pool(data: data), failingAfter: failing)
    }

    /// Runs a method on a pool.
    func callAsFunction(_ method: String, pool: ModelPool, failingAfter failing: Int? = nil) throws -> Result {
        let method = try MergingRun.method(method)
        let (directory, saveInterval, resumes) = (directory.path, saveInterval, resumes)
        let (stepReceiver, isFast) = (stepReceiver, isFast)
        return try withFabrics(ranks, threads: threads) { fabric in
            var context = FusionContext(
                fabric: fabric, seed: 0, outputDirectory: directory, isFastDevelopmentRun: isFast,
                training: TrainingSettings(
                    directory: directory + "/states", recipe: "test", saveInterval: saveInterval, resumes: resumes))
            context.stepReceiver = stepReceiver
            if let failing { fabric.use([FailingLogger(step: failing, logDirectory: directory)]) }
            let result = try MergingRun.result(method, pool, context)
            let model = try #require(result.models.first?.model)
            let tensors = try MergingRun.tensors(of: model, pool, context)
            let record = fabric.isGlobalZero ? try LearningRecord.read(from: directory) : nil
            // As the program does when all is written.
            context.trainingStates.remove()
            try fabric.finish()
            return Result(
                tensors: tensors, losses: record?.curves.flatMap { $0.points.map(\.value) } ?? [])
        }[0]
    }
}

/// Ends a run in the middle of its work.
private final class FailingLogger: MetricLogger {
    let step: Int
    let logDirectory: String

    init(step: Int, logDirectory: String) {
        self.step = step
        self.logDirectory = logDirectory
    }

    func log(metrics: [(name: String, value: Double)], step: Int) throws(MetricLoggerError) {
        if step == self.step { throw .changedFile(path: "broken off") }
    }

    func log(hyperparameters: JSONValue) {}
    func save() {}
    func finalize() {}
}
