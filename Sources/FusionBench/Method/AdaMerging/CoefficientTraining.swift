import Datasets
import Fabric
import Logging
import Models
import Networks
import OrderedCollections
import Tensors

/// Learns merging coefficients step by step.
///
/// A step looks at a batch of each task. Ranks and threads share its micro-batches; only losses and the gradients of the
/// coefficients are exchanged, and summed in the order of micro-batches, so that the result does not depend on who computed
/// them.
struct CoefficientTraining {
    /// What the method is called, for messages.
    let name: String
    private(set) var coefficients: MergingCoefficients
    private let vectors: TaskVectors
    private let data: AdaptationData
    private let configuration: CLIPVisionConfiguration
    private let stepCount: Int
    private var optimizer: Adam
    /// For each step that is done, the loss of each task.
    private var losses: [[Double]] = []

    private static let log = Logger(label: "fusion_bench.method.adamerging")
    private static let key = "merge_weight"

    init(
        name: String, coefficients: MergingCoefficients, vectors: TaskVectors, data: AdaptationData,
        configuration: CLIPVisionConfiguration, learningRate: Double, stepCount: Int
    ) {
        self.name = name
        self.coefficients = coefficients
        self.vectors = vectors
        self.data = data
        self.configuration = configuration
        self.stepCount = stepCount
        optimizer = Adam(learningRate: learningRate)
    }

    /// A part of a step: some images of a task.
    private struct Unit: Sendable {
        let task: Int
        let images: UnlabeledBatches.MicroBatch
    }

    /// Takes all steps, or those that are left of a training that was kept.
    ///
    /// - Throws: An error of reading images, `CoefficientTrainingError` if the model gives no numbers.
    mutating func run(in context: FusionContext) throws {
        let fabric = context.fabric
        let checkpoint = TrainingCheckpoint("adamerging", in: context)
        if let state = try checkpoint.resumed() { try restore(state) }
        let progress = fabric.progress(total: stepCount, description: name, unit: "step")
        progress.advance(by: losses.count)
        let start = (moment: ContinuousClock.now, steps: losses.count)
        var images = EpochImages()
        while losses.count < stepCount {
            try takeStep(&images, fabric)
            progress.advance()
            try log(to: fabric)
            if checkpoint.isDue(after: losses.count) { try checkpoint.save(state) }
        }
        try progress.finish()
        checkpoint.remove()
        let seconds = max(1e-9, (ContinuousClock.now - start.moment) / .seconds(1))
        let rate = Double(losses.count - start.steps) / seconds
        let bytes = fabric.worldSize > 1 ? resultCount * MemoryLayout<Double>.size : 0
        Self.log.info(
            "\(name): \(losses.count - start.steps) steps, \((rate * 100).rounded() / 100) a second; a rank sends \(bytes) bytes a step"
        )
    }

    /// The images of each task's present epoch: their order is not made anew in each step.
    private struct EpochImages {
        private var known: [Int: (epoch: Int, images: ImageBatches)] = [:]

        mutating func of(_ task: Int, _ batches: UnlabeledBatches, epoch: Int) throws -> ImageBatches {
            if let found = known[task], found.epoch == epoch { return found.images }
            let images = try batches.images(ofEpoch: epoch)
            known[task] = (epoch, images)
            return images
        }
    }

    /// The numbers that a micro-batch gives: a loss for each task, and gradients of all layers.
    private var resultCount: Int { data.tasks.count + coefficients.layerCount * coefficients.modelCount }

    private mutating func takeStep(_ epochs: inout EpochImages, _ fabric: Fabric) throws {
        let step = losses.count
        var images: [ImageBatches] = []
        var units: [Unit] = []
        for (number, task) in data.tasks.enumerated() {
            let parts = task.batches.microBatches(ofStep: step)
            units += parts.map { Unit(task: number, images: $0) }
            images.append(try epochs.of(number, task.batches, epoch: parts.first?.epoch ?? 0))
        }
        let weights = try MergedWeights(vectors, coefficients, threads: fabric.threadCount)
        let sums = try fabric.reduce(
            "images of step \(step + 1)", units: units, cost: { Double($0.images.imageCount) }
        ) { [self, images] unit in
            try result(of: unit, images[unit.task], weights)
        } combine: {
            zip($0, $1).map(+)
        }
        guard let sums else { return }
        let taskCount = data.tasks.count
        if let bad = sums.firstIndex(where: { !$0.isFinite }) {
            throw CoefficientTrainingError(
                method: name, step: step + 1, task: bad < taskCount ? data.tasks[bad].name : nil)
        }
        var parameters: OrderedDictionary = [Self.key: coefficients.tensor]
        let gradient = coefficients.gradient(Array(sums[taskCount...]))
        optimizer.step(&parameters, [Self.key: gradient], learningRate: optimizer.learningRate)
        if let tensor = parameters[Self.key] { coefficients.tensor = tensor }
        losses.append(Array(sums[..<taskCount]))
    }

    /// Losses and gradients of a micro-batch, weighted so that those of a batch add up to its mean.
    private func result(of unit: Unit, _ images: ImageBatches, _ merged: MergedWeights) throws -> [Double] {
        let batch = try images.batch(unit.images.number)
        let share = Double(unit.images.imageCount) / Double(unit.images.batchImageCount)
        let tape = GradientTape()
        let (weights, layers) = merged.traced(on: tape)
        let tower = try Parameters(weights).makeNetwork { CLIPVisionModel($0, configuration) }
        let embeddings = data.projections.images(tower(try batch.pixels))
        let loss = softmaxEntropy(data.projections.logits(embeddings, data.tasks[unit.task].head)) * share
        var result = [Double](repeating: 0, count: data.tasks.count)
        result[unit.task] = loss.number
        return result + tape.gradients(of: loss, to: layers).flatMap { $0.array(of: Double.self) }
    }
}

// MARK: - What is kept of it

extension CoefficientTraining {
    private static let lossKey = "losses"
    private static let optimizerPrefix = "optimizer."
    private static let optimizerStepKey = "optimizer_step"

    private var state: TrainingState {
        var tensors: OrderedDictionary = [Self.key: coefficients.tensor]
        let optimizer = optimizer.state
        for (name, tensor) in optimizer.tensors { tensors[Self.optimizerPrefix + name] = tensor }
        tensors[Self.lossKey] = Tensor([losses.count, data.tasks.count]) { (place: Int) in
            losses[place / data.tasks.count][place % data.tasks.count]
        }
        return TrainingState(step: losses.count, tensors: tensors)
    }

    private mutating func restore(_ state: TrainingState) throws {
        guard let tensor = state.tensors[Self.key], tensor.shape == coefficients.tensor.shape,
            let kept = state.tensors[Self.lossKey], kept.shape == [state.step, data.tasks.count],
            kept.dtype == .float64, tensor.dtype == .float32
        else { throw TrainingStateError(path: "The kept training") }
        coefficients.tensor = tensor
        let values = kept.array(of: Double.self)
        losses = (0..<state.step).map { Array(values[$0 * data.tasks.count..<($0 + 1) * data.tasks.count]) }
        var moments: OrderedDictionary<String, Tensor> = [:]
        for (name, tensor) in state.tensors where name.hasPrefix(Self.optimizerPrefix) {
            moments[String(name.dropFirst(Self.optimizerPrefix.count))] = tensor
        }
        try optimizer.restore(OptimizerState(stepCount: state.step, tensors: moments), for: [Self.key: tensor])
    }

    /// The metrics of the last step; the names of the first four are the reference's.
    private func log(to fabric: Fabric) throws {
        guard let last = losses.last, !fabric.loggers.isEmpty else { return }
        let values = coefficients.tensor.array(of: Float.self).map { Double($0) }
        var metrics = [
            ("train/loss", last.reduce(0, +) / Double(last.count)), ("train/weight_max", values.max() ?? 0),
            ("train/weight_min", values.min() ?? 0), ("train/weight_mean", values.reduce(0, +) / Double(values.count)),
        ]
        metrics += zip(data.tasks, last).map { ("train/loss/\($0.name)", $1) }
        try fabric.log(metrics.map { (name: $0.0, value: $0.1) }, step: losses.count - 1)
    }

    /// What reports show: the coefficients that came out, and how losses fell.
    var record: LearningRecord {
        let names = vectors.parameters.map(\.key)
        let rows = coefficients.used.enumerated().map { number, values in
            (name: coefficients.isLayerWise ? names[number] : "all", values: values.map { Double($0) })
        }
        return LearningRecord(
            coefficients: CoefficientTable(columns: data.tasks.map(\.name), rows: rows),
            curves: data.tasks.enumerated().map { number, task in
                LossCurve(
                    name: task.name, points: losses.enumerated().map { (step: $0 + 1, value: $1[number]) })
            })
    }
}

/// A training cannot go on.
struct CoefficientTrainingError: Error, Equatable, CustomStringConvertible {
    let method: String
    let step: Int
    /// The task whose loss is no number; nil if a gradient is none.
    let task: String?

    var description: String {
        "\(method), step \(step): \(task.map { "the loss of the task '\($0)'" } ?? "a gradient") is infinite or not a number"
    }
}
