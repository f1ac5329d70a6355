import Checkpoints
import Datasets
import Fabric
import Logging
import Models
import Networks
import OperatingSystem
import OrderedCollections
import Tensors

/// Fine-tunes the vision tower of a pool's pretrained CLIP model on the pool's training data, on all tasks at once or on one
/// after another.
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

    func evaluatedTaskNames(with pool: ModelPool) throws -> [String] {
        if order == .together || skipsTraining { return [] }
        return try pool.data.tasks(.train).map(\.name)
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
        let phases = phases(training.taskNames, in: context)
        // What a former run has made of later tasks does not follow from a beginning that is made anew.
        if !context.training.resumes { for phase in phases.dropFirst() { phase.loop.removeState(in: context) } }
        let names = phases.flatMap(\.tasks).map { training.taskNames[$0] }
        if let record { try context.stepReceiver?.begin(names, record: record) }
        var parameters = tower.initialParameters
        var learning = LearningRecord()
        for (position, phase) in phases.enumerated() {
            Self.log.info("\(methodName) on \(phase.tasks.map { training.taskNames[$0] }.joined(separator: ", "))")
            let optimizer = Adam(
                learningRate: settings.learningRate, weightDecay: .inGradient(settings.weightDecay))
            let outcome = try phase.loop.run(parameters, optimizer, in: context) { step, parameters in
                try training.gradients(ofStep: step, parameters, tasks: phase.tasks)
            } afterStep: { done, parameters in
                guard let interval = settings.saveInterval, done % interval == 0 else { return }
                let path = FileSystem.join(
                    context.outputDirectory, "checkpoints/\(phase.checkpointPrefix)step=\(done - 1)")
                try save(tower, parameters, model, of: pool, to: path, in: context)
            }
            parameters = outcome.parameters
            learning.curves.append(outcome.curve(named: phase.curveName))
            if let record, let receiver = context.stepReceiver {
                let tuned = model.model(tower.parameters(parameters))
                try receiver.receive(FusionStep(names: Array(names[...position]), model: tuned), record: record)
            }
        }
        try learning.save(in: context)
        if let adaptation = tower.adaptation, let path = settings.savePath {
            try adaptation.save(tower.factors(parameters), to: path + "/adapter", base: model.template, context.fabric)
        }
        return model.model(tower.parameters(parameters))
    }

    /// Some tasks that are trained on together, and how.
    private struct Phase {
        let tasks: [Int]
        let loop: Training
        /// What the names of saved models begin with.
        let checkpointPrefix: String
        let curveName: String
    }

    /// The phases of the training, one after another.
    private func phases(_ taskNames: [String], in context: FusionContext) -> [Phase] {
        let stepCount = context.isFastDevelopmentRun ? min(1, settings.stepCount) : settings.stepCount
        let schedule = CosineSchedule(stepCount: settings.stepCount)
        guard case .oneByOne(let isShuffled) = order else {
            let loop = Training(
                name: "fine-tuning", fileName: "clip_finetune", stepCount: stepCount, schedule: schedule)
            return [
                Phase(
                    tasks: Array(taskNames.indices), loop: loop, checkpointPrefix: "", curveName: "train/loss")
            ]
        }
        return taskOrder(taskNames.count, isShuffled: isShuffled).enumerated().map { position, task in
            let name = taskNames[task]
            let loop = Training(
                name: "fine-tuning on \(name)", fileName: "clip_continual_finetune_\(position)",
                stepCount: stepCount, schedule: schedule, firstLoggedStep: position * stepCount)
            return Phase(
                tasks: [task], loop: loop, checkpointPrefix: "task=\(position)_",
                curveName: "train/loss of \(name)")
        }
    }

    private func taskOrder(_ count: Int, isShuffled: Bool) -> [Int] {
        guard isShuffled else { return Array(0..<count) }
        return RandomStream(seed: settings.seed, purpose: "continual/order", name: "tasks").permutation(of: count)
    }

    /// What is kept of the states after each task; nil where tasks do not come one after another.
    private var record: FusionStepRecord? {
        if order == .together { return nil }
        return FusionStepRecord(
            savesEveryStep: false, evaluatesEveryStep: true, orderFileName: "task_names.json", reportPrefix: "results")
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
