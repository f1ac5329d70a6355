import Configuration
import Datasets
import Fabric
import Logging
import Models
import Networks
import OperatingSystem
import OrderedCollections
import Tensors

/// Trains a whole CLIP model, both towers, on the images of a pool's tasks and captions that are made of class names and
/// templates.
///
/// This method is not in FusionBench in Python. With a model of random weights it makes a CLIP model from nothing but data.
struct CLIPPretraining: FusionMethod {
    let seed: UInt64
    let stepCount: Int
    /// The images of a step, of all tasks together.
    let batchSize: Int
    let microBatchSize: Int
    let optimizer: any Optimizer
    let schedule: any LearningRateSchedule
    /// The greatest length of the gradients together; nil for any.
    let maximumNorm: Double?
    /// What similarities are multiplied with at most.
    let maximumLogitScale: Double
    /// The most pixels that images are moved by at random.
    let shift: Int

    var methodName: String { "Contrastive training of CLIP" }

    private static let log = Logger(label: "fusion_bench.method.classification")

    func problems(with pool: ModelPool) -> [String] {
        guard pool.family == .generic else {
            return ["\(methodName) needs a BaseModelPool, whose models keep all of their tensors"]
        }
        var problems: [String] = []
        func look(_ body: () throws -> Void) {
            do { try body() } catch { problems.append("\(methodName): \(error)") }
        }
        look { _ = try Self.configuration(of: pool.load(ModelPool.pretrainedName)) }
        return problems
            + pool.problemsWithImages {
                let tasks = try pool.data.tasks(.train)
                if tasks.isEmpty { throw FusionError.several(["the pool has no train_datasets"]) }
                return tasks
            }.map { "\(methodName): \($0)" }
    }

    private static func configuration(of model: PooledModel) throws -> CLIPConfiguration {
        let path = FileSystem.join(model.directory, "config.json")
        guard let value = model.configuration else {
            throw CLIPError.noConfiguration(path: path, problem: "it cannot be read")
        }
        return try CLIPConfiguration(value, path: path)
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let template = try pool.load(ModelPool.pretrainedName)
        let configuration = try Self.configuration(of: template)
        let training = try ContrastiveTraining(
            pool, configuration,
            TrainingData(batchSize: batchSize, microBatchSize: microBatchSize, seed: seed), shift: shift,
            context.fabric)
        let parameters = try CLIPFinetune.parameters(of: template)
        // What is not there is said before the first step.
        _ = try Parameters(parameters).makeNetwork { CLIPModel($0, configuration) }
        let limit = Float(maximumLogitScale)
        var loop = Training(
            name: "contrastive training", fileName: "clip_pretrain",
            stepCount: context.isFastDevelopmentRun ? min(1, stepCount) : stepCount, schedule: schedule,
            maximumNorm: maximumNorm)
        loop.adjust = { parameters in
            // The logarithm is compared, so that no rounding moves what is below.
            let name = ContrastiveTraining.logitScaleName
            let largest = Tensor(limit).applying(.logarithm)
            if let scale = parameters[name], scale.number > largest.number { parameters[name] = largest }
        }
        let outcome = try loop.run(parameters, optimizer, in: context) { step, parameters in
            try training.gradients(ofStep: step, parameters)
        }
        try LearningRecord(curves: [outcome.curve(named: "train/loss")]).save(in: context)
        return .model(TrainedModel(template: template).model(outcome.parameters))
    }
}

extension TargetRegistry {
    mutating func registerCLIPPretraining() {
        register(
            "fusion_bench.method.classification.CLIPPretraining", parameters: Parameter("seed", default: 42),
            Parameter<PositiveInteger>("num_steps", default: 2000),
            Parameter<PositiveInteger>("batch_size", default: 128),
            Parameter<PositiveInteger>("micro_batch_size", default: 32),
            Parameter<ConfigurationValue?>("optimizer", default: nil),
            Parameter<ConfigurationValue?>("lr_scheduler", default: nil),
            Parameter<NonNegativeNumber?>("max_grad_norm", default: NonNegativeNumber(1)),
            Parameter("max_logit_scale", default: NonNegativeNumber(100)),
            Parameter<Int>("random_shift", default: 2)
        ) { seed, steps, batch, micro, optimizer, schedule, norm, scale, shift in
            CLIPPretraining(
                seed: UInt64(bitPattern: Int64(seed)), stepCount: steps.value, batchSize: batch.value,
                microBatchSize: micro.value,
                optimizer: try TargetRegistry.learningPart(optimizer, "an optimizer")
                    ?? Adam(learningRate: 1e-3, betas: (0.9, 0.98), epsilon: 1e-6, weightDecay: .decoupled(0.1)),
                schedule: try TargetRegistry.learningPart(schedule, "a schedule of learning rates")
                    ?? WarmUpSchedule(stepCount: steps.value, warmUpStepCount: steps.value / 20),
                maximumNorm: norm?.value, maximumLogitScale: scale.value, shift: max(0, shift))
        }
    }

    /// An optimizer or a schedule that a method's configuration describes; nil if it says nothing.
    static func learningPart<Part>(_ value: ConfigurationValue?, _ expected: String) throws -> Part? {
        guard let value, !value.isNull else { return nil }
        var registry = TargetRegistry()
        registry.registerOptimizers()
        registry.registerSchedules()
        guard let part = try Instantiator(registry).instantiate(value) as? Part else {
            throw ConfigurationError(
                .unexpectedType(key: value.path, expected: expected, found: "another object"), at: value.origin)
        }
        return part
    }
}
