import Fabric
import Logging
import Networks
import OrderedCollections
import Tensors

/// Changes parameters step by step; keeps its state on the way and its result in the end, and goes on from them.
///
/// A job that ends after its training, while it evaluates or writes, has not lost it: `FusionContext.trainingStates` removes
/// what is kept only when the whole job is done.
struct Training {
    /// What a step has found out.
    struct Step {
        /// The loss; logged, and the training ends if it is not finite.
        let loss: Double
        /// Of the parameters that are trained.
        let gradients: OrderedDictionary<String, Tensor>
        /// What else is logged.
        var metrics: [(name: String, value: Double)] = []
        /// The loss of each task, where these are kept one by one.
        var taskLosses: [Double] = []
    }

    /// What it is called in messages.
    let name: String
    /// What the file is called that keeps its state.
    let fileName: String
    /// The number of steps.
    let stepCount: Int
    /// How the learning rate goes.
    let schedule: any LearningRateSchedule
    /// The greatest length of the gradients together; nil for any.
    var maximumNorm: Double?
    /// What is done to the parameters after each step, if anything: keeping them in a range.
    var adjust: (@Sendable (_ parameters: inout OrderedDictionary<String, Tensor>) -> Void)?
    /// What is logged of the parameters after each step, if anything.
    var describe: (@Sendable (_ parameters: OrderedDictionary<String, Tensor>) -> [(name: String, value: Double)])?
    /// The number of the first step in the loggers.
    var firstLoggedStep = 0

    private static let log = Logger(label: "fusion_bench.learning")
    private static let parameterPrefix = "parameter."
    private static let optimizerPrefix = "optimizer."
    private static let lossesKey = "losses"
    private static let taskLossesKey = "task_losses"

    /// What a training has made.
    struct Outcome {
        /// The parameters, the same on all ranks.
        var parameters: OrderedDictionary<String, Tensor>
        /// The loss of each step.
        var losses: [Double] = []
        /// The loss of each task in each step, where these are kept.
        var taskLosses: [[Double]] = []

        /// The losses, for a report.
        func curve(named name: String) -> LossCurve {
            LossCurve(name: name, points: losses.enumerated().map { ($0.offset, $0.element) })
        }
    }

    /// Trains; all ranks do it together, and have the same parameters in the end.
    ///
    /// - Parameters:
    ///   - parameters: What is trained, by name.
    ///   - optimizer: What takes the steps.
    ///   - context: What surrounds the fusion.
    ///   - step: Computes the gradients of a step, the same on all ranks.
    ///   - afterStep: Gets the parameters after each step, and the number of steps that are done.
    /// - Returns: The parameters, and the losses on the way.
    /// - Throws: The first error of a step, `TrainingError` if the loss is not finite.
    func run(
        _ parameters: OrderedDictionary<String, Tensor>, _ optimizer: any Optimizer, in context: FusionContext,
        step: (_ number: Int, _ parameters: OrderedDictionary<String, Tensor>) throws -> Step,
        afterStep: (_ done: Int, _ parameters: OrderedDictionary<String, Tensor>) throws -> Void = { _, _ in }
    ) throws -> Outcome {
        var outcome = Outcome(parameters: parameters)
        var optimizer = optimizer
        let checkpoint = checkpoint(in: context)
        context.trainingStates.add(checkpoint)
        if let state = try checkpoint.resumed() {
            let isDone = state.step >= stepCount
            try Self.restore(state, &outcome)
            if !isDone { try Self.restore(state, &optimizer, of: outcome.parameters) }
            Self.log.info(
                isDone
                    ? "\(name) was done before, and is not run again: its result is kept at \(checkpoint.path)"
                    : "The training goes on after step \(state.step), from \(checkpoint.path)")
        }
        let progress = context.fabric.progress(total: stepCount, description: name, unit: "step")
        progress.advance(by: outcome.losses.count)
        let start = (moment: ContinuousClock.now, steps: outcome.losses.count)
        while outcome.losses.count < stepCount {
            let number = outcome.losses.count
            let result = try step(number, outcome.parameters)
            guard result.loss.isFinite else { throw TrainingError.notFinite(step: number, loss: result.loss) }
            var gradients = result.gradients
            var metrics = [(name: "train/loss", value: result.loss)] + result.metrics
            if let maximumNorm {
                metrics.append(("train/gradient_norm", GradientNorm.clip(&gradients, to: maximumNorm)))
            }
            let rate = schedule.learningRate(at: number, base: optimizer.learningRate)
            metrics.append(("train/learning_rate", rate))
            optimizer.step(&outcome.parameters, gradients, learningRate: rate)
            adjust?(&outcome.parameters)
            outcome.losses.append(result.loss)
            if !result.taskLosses.isEmpty { outcome.taskLosses.append(result.taskLosses) }
            metrics += describe?(outcome.parameters) ?? []
            try context.fabric.log(metrics, step: firstLoggedStep + number)
            if number + 1 < stepCount, checkpoint.isDue(after: number + 1) {
                try checkpoint.save(Self.state(outcome, optimizer))
            }
            try afterStep(number + 1, outcome.parameters)
            progress.advance()
        }
        try progress.finish()
        let taken = outcome.losses.count - start.steps
        guard taken > 0 else { return outcome }
        if checkpoint.isKept { try checkpoint.save(Self.state(outcome)) }
        let seconds = max(1e-9, (ContinuousClock.now - start.moment) / .seconds(1))
        let rate = Double(taken) / seconds
        Self.log.info("\(name): \(outcome.losses.count) steps, \((rate * 100).rounded() / 100) a second")
        return outcome
    }

    /// Removes what is kept of the training; all ranks may call it.
    func removeState(in context: FusionContext) { checkpoint(in: context).remove() }

    private func checkpoint(in context: FusionContext) -> TrainingCheckpoint {
        TrainingCheckpoint(fileName, stepCount: stepCount, in: context)
    }

    /// What is kept of a training; without the optimizer, of one that is done.
    private static func state(_ outcome: Outcome, _ optimizer: (any Optimizer)? = nil) -> TrainingState {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for (name, tensor) in outcome.parameters { tensors[parameterPrefix + name] = tensor }
        for (name, tensor) in optimizer?.state.tensors ?? [:] { tensors[optimizerPrefix + name] = tensor }
        tensors[lossesKey] = Tensor(outcome.losses)
        if let tasks = outcome.taskLosses.first?.count {
            tensors[taskLossesKey] = Tensor([outcome.taskLosses.count, tasks]) { (place: Int) in
                outcome.taskLosses[place / tasks][place % tasks]
            }
        }
        return TrainingState(step: outcome.losses.count, tensors: tensors)
    }

    private static func restore(_ state: TrainingState, _ outcome: inout Outcome) throws {
        guard let losses = state.tensors[lossesKey], losses.shape == [state.step], losses.dtype == .float64 else {
            throw TrainingError.stateLacks(parameter: lossesKey)
        }
        for (name, parameter) in outcome.parameters {
            guard let tensor = state.tensors[parameterPrefix + name], tensor.shape == parameter.shape,
                tensor.dtype == parameter.dtype
            else { throw TrainingError.stateLacks(parameter: name) }
            outcome.parameters[name] = tensor
        }
        outcome.losses = losses.array(of: Double.self)
        guard let taskLosses = state.tensors[taskLossesKey] else { return }
        guard taskLosses.rank == 2, taskLosses.size(0) == state.step, taskLosses.dtype == .float64 else {
            throw TrainingError.stateLacks(parameter: taskLossesKey)
        }
        let (values, tasks) = (taskLosses.array(of: Double.self), taskLosses.size(1))
        outcome.taskLosses = (0..<state.step).map { Array(values[$0 * tasks..<($0 + 1) * tasks]) }
    }

    private static func restore(
        _ state: TrainingState, _ optimizer: inout any Optimizer, of parameters: OrderedDictionary<String, Tensor>
    ) throws {
        var moments: OrderedDictionary<String, Tensor> = [:]
        for (name, tensor) in state.tensors where name.hasPrefix(optimizerPrefix) {
            moments[String(name.dropFirst(optimizerPrefix.count))] = tensor
        }
        try optimizer.restore(OptimizerState(stepCount: state.step, tensors: moments), for: parameters)
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
        case .stateLacks(let name):
            "The state to resume from has no '\(name)' of the right shape and type; run without --resume"
        case .label(let label, let row, let dataset, let task, let classCount):
            "\(dataset), row \(row): label \(label) is no class of the task '\(task)', which has 0 to \(classCount - 1)"
        case .noImages(let task): "The data of the task '\(task)' have no images"
        case .imageSize(let task, let height, let width, let expected):
            "The image processor makes images of \(height) × \(width) pixels of the task '\(task)', "
                + "but the model takes \(expected) × \(expected)"
        }
    }
}
