import Checkpoints
import Datasets
import Fabric
import Logging
import Models
import Networks
import OperatingSystem
import OrderedCollections
import Tensors

/// Fine-tunes the vision tower of a pool's pretrained CLIP model on the pool's training data, on all tasks at once.
///
/// Data-parallel: the micro-batches of a step are shared by ranks and threads, and the bits of the result do not depend on how
/// many there are.
struct CLIPFinetune: FusionMethod {
    /// What the configuration says.
    struct Settings: Sendable {
        var seed: UInt64
        var learningRate: Double
        var weightDecay: Double
        /// On each task, if they come one after another.
        var stepCount: Int
        var batchSize: Int
        var microBatchSize: Int
        /// After how many steps the model is saved; nil for never.
        var saveInterval: Int?
        /// The model whose tower training starts from, if not the pretrained one.
        var loadPath: String?
        /// Where the result is saved; nil for nowhere.
        var savePath: String?
        /// Whether the loaded tower is the result.
        var skipsTraining: Bool
        /// How factors are trained in place of the parameters; nil to train all parameters.
        var adaptation: LowRankAdaptation.Settings?
    }

    /// Which tasks a step looks at.
    enum Order: Sendable, Equatable {
        /// All, whose losses are added up.
        case together
        /// One task after another, each with an optimizer of its own; in a random order or in that of the pool.
        case oneByOne(isShuffled: Bool)
    }

    let settings: Settings
    let order: Order

    var methodName: String {
        let kind = settings.adaptation.map { $0.isLinearized ? "L-LoRA fine-tuning" : "LoRA fine-tuning" }
        return (order == .together ? "" : "Continual ") + (kind ?? "Fine-tuning") + " of CLIP"
    }
    var modelSavePath: String? { settings.savePath }

    private static let log = Logger(label: "fusion_bench.method.classification")

    func problems(with pool: ModelPool) -> [String] {
        guard pool.family == .clipVision else { return ["\(methodName) needs a pool of CLIP vision models"] }
        var problems: [String] = []
        func look(_ body: () throws -> Void) {
            do { try body() } catch { problems.append("\(methodName): \(error)") }
        }
        look { _ = try AdaptationData.checkpoint(of: pool) }
        look { _ = try start(pool).directory }
        guard !skipsTraining else { return problems }
        return problems
            + pool.problemsWithImages {
                let tasks = try pool.data.tasks(.train)
                if tasks.isEmpty { throw FusionError.several(["the pool has no train_datasets"]) }
                return tasks
            }.map { "\(methodName): \($0)" }
    }

    private var skipsTraining: Bool { settings.skipsTraining && settings.loadPath != nil }

    /// The model that training starts from.
    private func start(_ pool: ModelPool) throws -> PooledModel {
        let pretrained = try pool.load(ModelPool.pretrainedName)
        guard let path = settings.loadPath else { return pretrained }
        return try ModelLoader(family: pool.family).load(
            ModelReference(location: path), name: "state_dict_load_path", template: pretrained)
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let pretrained = try pool.load(ModelPool.pretrainedName)
        let start = try start(pool)
        if skipsTraining {
            return .model(try TrainedModel(template: pretrained).model(Self.parameters(of: start)))
        }
        let configuration =
            try pretrained.visionConfiguration() ?? AdaptationData.checkpoint(of: pool).configuration.vision
        let base = try Self.parameters(of: start)
        let adaptation = try settings.adaptation.map { try LowRankAdaptation($0, of: base, seed: settings.seed) }
        let training = try TowerTraining(
            pool, TrainableTower(base, configuration, adaptation: adaptation),
            TrainingData(
                batchSize: settings.batchSize, microBatchSize: settings.microBatchSize, seed: settings.seed),
            in: context)
        return .model(try train(training, TrainedModel(template: pretrained), pool, in: context))
    }

    /// The numbers among a model's tensors.
    static func parameters(of model: PooledModel) throws -> OrderedDictionary<String, Tensor> {
        try model.tensors.filter { $0.value.dtype.isFloatingPoint }
            .mapValues { try $0.readTensor().converted(to: .float32) }
    }

    private func train(
        _ training: TowerTraining, _ model: TrainedModel, _ pool: ModelPool, in context: FusionContext
    ) throws -> FusedModel {
        let tower = training.tower
        let stepCount = context.isFastDevelopmentRun ? min(1, settings.stepCount) : settings.stepCount
        var parameters = tower.initialParameters
        var record = LearningRecord()
        for (position, tasks) in phases(training).enumerated() {
            let names = tasks.map { training.taskNames[$0] }
            let name = order == .together ? "fine-tuning" : "fine-tuning on \(names[0])"
            Self.log.info("\(methodName) on \(names.joined(separator: ", "))")
            let loop = Training(
                name: name, fileName: order == .together ? "clip_finetune" : "clip_continual_finetune_\(position)",
                stepCount: stepCount, schedule: CosineSchedule(stepCount: settings.stepCount),
                firstLoggedStep: position * stepCount)
            let optimizer = Adam(
                learningRate: settings.learningRate, weightDecay: .inGradient(settings.weightDecay))
            let prefix = order == .together ? "" : "task=\(position)_"
            let outcome = try loop.run(parameters, optimizer, in: context) { step, parameters in
                try training.gradients(ofStep: step, parameters, tasks: tasks)
            } afterStep: { done, parameters in
                guard let interval = settings.saveInterval, done % interval == 0 else { return }
                let path = FileSystem.join(context.outputDirectory, "checkpoints/\(prefix)step=\(done - 1)")
                try save(tower, parameters, model, of: pool, to: path, in: context)
            }
            parameters = outcome.parameters
            record.curves.append(outcome.curve(named: order == .together ? "train/loss" : "train/loss of \(names[0])"))
        }
        try record.save(in: context)
        if let adaptation = tower.adaptation, let path = settings.savePath {
            try adaptation.save(tower.factors(parameters), to: path + "/adapter", base: model.template, context.fabric)
        }
        return model.model(tower.parameters(parameters))
    }

    /// The tasks that are trained on together, one phase after another.
    private func phases(_ training: TowerTraining) -> [[Int]] {
        let all = Array(training.taskNames.indices)
        switch order {
        case .together: return [all]
        case .oneByOne(isShuffled: false): return all.map { [$0] }
        case .oneByOne(isShuffled: true):
            return RandomStream(seed: settings.seed, purpose: "continual/order", name: "tasks")
                .permutation(of: all.count).map { [$0] }
        }
    }

    private func save(
        _ tower: TrainableTower, _ parameters: OrderedDictionary<String, Tensor>, _ model: TrainedModel,
        of pool: ModelPool, to path: String, in context: FusionContext
    ) throws {
        let provenance = Provenance(
            methodName: methodName, recipe: context.training.recipe, seed: settings.seed, inputs: .none)
        let writer = try FusedModelWriter(
            model.model(tower.parameters(parameters)), of: pool, to: path, options: SaveOptions(),
            provenance: provenance)
        try writer.write(in: context)
        if let adaptation = tower.adaptation {
            try adaptation.save(tower.factors(parameters), to: path + "/adapter", base: model.template, context.fabric)
        }
        Self.log.info("saved a checkpoint to \(FileSystem.display(path))")
    }
}
