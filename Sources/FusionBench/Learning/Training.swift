import Fabric
import Logging
import Networks
import OrderedCollections
import Tensors

/// Changes parameters step by step; keeps its state on the way, and goes on from it.
struct Training {
    /// What a step has found out.
    struct Step {
        /// The loss; logged, and the training ends if it is not finite.
        let loss: Double
        /// Of the parameters that are trained.
        let gradients: OrderedDictionary<String, Tensor>
        /// What else is logged.
        var metrics: [(name: String, value: Double)] = []
    }

    /// What it is called in messages, and in the name of the file that keeps its state.
    let name: String
    /// The number of steps.
    let stepCount: Int
    /// How the learning rate goes.
    let schedule: any LearningRateSchedule
    /// The greatest length of the gradients together; nil for any.
    var maximumNorm: Double?
    /// The number of the first step in the loggers.
    var firstLoggedStep = 0

    private static let log = Logger(label: "fusion_bench.learning")
    private static let parameterPrefix = "parameter."
    private static let optimizerPrefix = "optimizer."

    /// Trains. All ranks do it together, and have the same parameters in the end.
    ///
    /// - Parameters:
    ///   - parameters: What is trained, by name.
    ///   - optimizer: What takes the steps.
    ///   - context: What surrounds the fusion.
    ///   - step: Computes the gradients of a step, the same on all ranks.
    ///   - afterStep: Gets the parameters after each step, and the number of steps that are done.
    /// - Returns: The parameters.
    /// - Throws: The first error of a step, `TrainingError` if the loss is not finite.
    func run(
        _ parameters: OrderedDictionary<String, Tensor>, _ optimizer: any Optimizer, in context: FusionContext,
        step: (_ number: Int, _ parameters: OrderedDictionary<String, Tensor>) throws -> Step,
        afterStep: (_ done: Int, _ parameters: OrderedDictionary<String, Tensor>) throws -> Void = { _, _ in }
    ) throws -> OrderedDictionary<String, Tensor> {
        var parameters = parameters
        var optimizer = optimizer
        let checkpoint = TrainingCheckpoint(name, in: context)
        let first = try checkpoint.resumed().map { try Self.restore($0, &parameters, &optimizer) } ?? 0
        let progress = context.fabric.progress(total: stepCount - first, description: name, unit: "step")
        for number in first..<max(first, stepCount) {
            let result = try step(number, parameters)
            guard result.loss.isFinite else { throw TrainingError.notFinite(step: number, loss: result.loss) }
            var gradients = result.gradients
            var metrics = [(name: "train/loss", value: result.loss)] + result.metrics
            if let maximumNorm {
                metrics.append(("train/gradient_norm", GradientNorm.clip(&gradients, to: maximumNorm)))
            }
            let rate = schedule.learningRate(at: number, base: optimizer.learningRate)
            metrics.append(("train/learning_rate", rate))
            optimizer.step(&parameters, gradients, learningRate: rate)
            try context.fabric.log(metrics, step: firstLoggedStep + number)
            if checkpoint.isDue(after: number + 1) {
                try checkpoint.save(Self.state(after: number + 1, parameters, optimizer))
            }
            try afterStep(number + 1, parameters)
            progress.advance()
        }
        try progress.finish()
        checkpoint.remove()
        return parameters
    }

    private static func state(
        after step: Int, _ parameters: OrderedDictionary<String, Tensor>, _ optimizer: any Optimizer
    ) -> TrainingState {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for (name, tensor) in parameters { tensors[parameterPrefix + name] = tensor }
        for (name, tensor) in optimizer.state.tensors { tensors[optimizerPrefix + name] = tensor }
        return TrainingState(step: step, tensors: tensors)
    }

    /// - Returns: The number of steps that are done.
    private static func restore(
        _ state: TrainingState, _ parameters: inout OrderedDictionary<String, Tensor>, _ optimizer: inout any Optimizer
    ) throws -> Int {
        var restored: OrderedDictionary<String, Tensor> = [:]
        for (name, parameter) in parameters {
            guard let tensor = state.tensors[parameterPrefix + name], tensor.shape == parameter.shape,
                tensor.dtype == parameter.dtype
            else { throw TrainingError.stateLacks(parameter: name) }
            restored[name] = tensor
        }
        var moments: OrderedDictionary<String, Tensor> = [:]
        for (name, tensor) in state.tensors where name.hasPrefix(optimizerPrefix) {
            moments[String(name.dropFirst(optimizerPrefix.count))] = tensor
        }
        try optimizer.restore(OptimizerState(stepCount: state.step, tensors: moments), for: restored)
        parameters = restored
        return state.step
    }
}

/// Why a training cannot go on.
enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The loss is infinite or not a number.
    case notFinite(step: Int, loss: Double)
    /// The state that was kept is of other parameters.
    case stateLacks(parameter: String)
    /// A label is no class of the task.
    case label(Int, row: Int, dataset: String, task: String, classCount: Int)
    /// A task has no images.
    case noImages(task: String)
    /// The processor makes images of another size than the model takes.
    case imageSize(task: String, found: Int, Int, expected: Int)

    var description: String {
        switch self {
        case .notFinite(let step, let loss):
            "The loss is \(loss) in step \(step): a smaller learning rate may help"
        case .stateLacks(let parameter):
            "The state to resume from has no parameter '\(parameter)' of the model's shape and type; run without --resume"
        case .label(let label, let row, let dataset, let task, let classCount):
            "\(dataset), row \(row): label \(label) is no class of the task '\(task)', which has 0 to \(classCount - 1)"
        case .noImages(let task): "The training data of the task '\(task)' have no images"
        case .imageSize(let task, let height, let width, let expected):
            "The image processor makes images of \(height) × \(width) pixels of the task '\(task)', "
                + "but the model takes \(expected) × \(expected)"
        }
    }
}
