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
    /// Before the first step.
    let coefficients: MergingCoefficients
    let vectors: TaskVectors
    let data: AdaptationData
    let configuration: CLIPVisionConfiguration
    let learningRate: Double
    let stepCount: Int

    private static let log = Logger(label: "fusion_bench.method.adamerging")
    private static let key = "merge_weight"

    /// A micro-batch of a step: some images, of one task or of several.
    private struct Unit: Sendable {
        var parts: [(task: Int, images: UnlabeledBatches.Part)] = []
        var imageCount: Int { parts.reduce(0) { $0 + $1.images.imageCount } }
    }

    /// The micro-batches of a step: parts in the order of tasks, as many together as there is room for.
    private func units(_ parts: [(task: Int, images: UnlabeledBatches.Part)]) -> [Unit] {
        parts.reduce(into: []) { units, part in
            let isFull = (units.last?.imageCount ?? .max) > data.microBatchSize - part.images.imageCount
            if isFull { units.append(Unit()) }
            units[units.count - 1].parts.append(part)
        }
    }

    /// Takes all steps, or those that are left of a training that was kept.
    ///
    /// - Returns: The coefficients that came out, and what reports show.
    /// - Throws: An error of reading images, `CoefficientTrainingError` if the model gives no numbers.
    func run(in context: FusionContext) throws -> (coefficients: MergingCoefficients, record: LearningRecord) {
        let fabric = context.fabric
        var training = Training(
            name: name, fileName: "adamerging", stepCount: stepCount, schedule: ConstantSchedule())
        training.describe = { Self.metrics(of: $0) }
        var images = EpochImages()
        let memory = try MergedWeightsMemory(for: vectors, on: fabric)
        let outcome = try training.run(
            [Self.key: coefficients.tensor], Adam(learningRate: learningRate), in: context
        ) { step, parameters in
            try self.step(step, trained(parameters), memory, &images, fabric)
        }
        let bytes = fabric.worldSize > 1 ? resultCount * MemoryLayout<Double>.size : 0
        Self.log.info("\(name): a rank sends \(bytes) bytes a step")
        let coefficients = trained(outcome.parameters)
        return (coefficients, record(coefficients, outcome))
    }

    /// The coefficients that are trained, in the form in which they are used.
    private func trained(_ parameters: OrderedDictionary<String, Tensor>) -> MergingCoefficients {
        MergingCoefficients(parameters[Self.key] ?? coefficients.tensor, isClamped: coefficients.isClamped)
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

    private func step(
        _ step: Int, _ coefficients: MergingCoefficients, _ memory: MergedWeightsMemory, _ epochs: inout EpochImages,
        _ fabric: Fabric
    ) throws -> Training.Step {
        var images: [ImageBatches] = []
        var parts: [(task: Int, images: UnlabeledBatches.Part)] = []
        for (number, task) in data.tasks.enumerated() {
            let own = task.batches.parts(ofStep: step)
            parts += own.map { (number, $0) }
            images.append(try epochs.of(number, task.batches, epoch: own.first?.epoch ?? 0))
        }
        let weights = try MergedWeights(vectors, coefficients, in: memory, on: fabric)
        let sums =
            try fabric.reduce(
                "images of step \(step + 1)", units: units(parts), cost: { Double($0.imageCount) }
            ) { [self, images] unit in
                try result(of: unit, images, weights)
            } combine: {
                zip($0, $1).map(+)
            } ?? [Double](repeating: 0, count: resultCount)
        let taskCount = data.tasks.count
        if let bad = sums.firstIndex(where: { !$0.isFinite }) {
            throw CoefficientTrainingError(
                method: name, step: step + 1, task: bad < taskCount ? data.tasks[bad].name : nil)
        }
        let losses = Array(sums[..<taskCount])
        return Training.Step(
            loss: losses.reduce(0, +) / Double(taskCount),
            gradients: [Self.key: coefficients.gradient(Array(sums[taskCount...]))],
            metrics: zip(data.tasks, losses).map { ("train/loss/\($0.name)", $1) }, taskLosses: losses)
    }

    /// Losses and gradients of a micro-batch, weighted so that those of a task's batch add up to its mean.
    private func result(of unit: Unit, _ images: [ImageBatches], _ merged: MergedWeights) throws -> [Double] {
        let tape = GradientTape()
        let (weights, layers) = merged.traced(on: tape)
        let tower = try Parameters(weights).makeNetwork { CLIPVisionModel($0, configuration) }
        let pixels = try unit.parts.map { try images[$0.task].batch($0.images.number).pixels }
        let embeddings = data.projections.images(tower(pixels.count == 1 ? pixels[0] : .concatenated(pixels, along: 0)))
        var losses = [Double](repeating: 0, count: data.tasks.count)
        var total: Tensor?
        var row = 0
        for (task, part) in unit.parts {
            let own = embeddings.slice(along: 0, row..<row + part.imageCount)
            row += part.imageCount
            let share = Double(part.imageCount) / Double(part.batchImageCount)
            let loss = softmaxEntropy(data.projections.logits(own, data.tasks[task].head)) * share
            losses[task] += loss.number
            total = total.map { $0 + loss } ?? loss
        }
        guard let total else { return losses }
        return losses + tape.gradients(of: total, to: layers).flatMap { $0.array(of: Double.self) }
    }
}

// MARK: - What is told of it

extension CoefficientTraining {
    /// The reference's metrics of the coefficients after a step.
    private static func metrics(of parameters: OrderedDictionary<String, Tensor>) -> [(name: String, value: Double)] {
        let values = (parameters[key]?.array(of: Float.self) ?? []).map { Double($0) }
        guard let least = values.min(), let largest = values.max() else { return [] }
        return [
            ("train/weight_max", largest), ("train/weight_min", least),
            ("train/weight_mean", values.reduce(0, +) / Double(values.count)),
        ]
    }

    /// What reports show: the coefficients that came out, and how losses fell.
    private func record(_ coefficients: MergingCoefficients, _ outcome: Training.Outcome) -> LearningRecord {
        let names = vectors.parameters.map(\.key)
        let rows = coefficients.used.enumerated().map { number, values in
            (name: coefficients.isLayerWise ? names[number] : "all", values: values.map { Double($0) })
        }
        return LearningRecord(
            coefficients: CoefficientTable(columns: data.tasks.map(\.name), rows: rows),
            curves: data.tasks.enumerated().map { number, task in
                LossCurve(
                    name: task.name,
                    points: outcome.taskLosses.enumerated().map { (step: $0 + 1, value: $1[number]) })
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
