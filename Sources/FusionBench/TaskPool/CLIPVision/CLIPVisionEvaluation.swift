import Checkpoints
import Datasets
import Fabric
import Logging
import Models
import OperatingSystem
import OrderedCollections
import Tensors

/// One evaluation: a vision tower, and the heads of all tasks.
struct CLIPVisionEvaluation {
    private static let log = Logger(label: "fusion_bench.taskpool.clip_vision.taskpool")

    private let pool: CLIPVisionModelTaskPool
    private let context: FusionContext
    private let vision: CLIPVisionModel
    private let parameterCount: Int
    private let projections: CLIPProjections
    /// For each task, unit vectors `[classes, projection]`.
    private let heads: [Tensor]
    private let batches: [ImageBatches]

    /// Computes the model, and reads what belongs to the tasks.
    init(
        _ taskPool: CLIPVisionModelTaskPool, _ model: FusedModel, of models: ModelPool, in context: FusionContext
    ) throws {
        self.pool = taskPool
        self.context = context
        let checkpoint = try taskPool.checkpoint()
        let processor = try taskPool.loadedImageProcessor()
        batches = try taskPool.tasks.map { try taskPool.batches(of: $0, processor, in: context) }
        let tensors = try model.tensors(modelNames: models.modelNames, in: context)
        vision = try CLIPVisionModel(
            tensors, model.template.visionConfiguration() ?? checkpoint.configuration.vision)
        parameterCount = tensors.values.filter(\.dtype.isFloatingPoint).reduce(0) { $0 + $1.elementCount }
        try Self.check(batches, vision.configuration)
        let (text, projections) = try checkpoint.textModelAndProjections()
        self.projections = projections
        let builder = ZeroShotHeads(
            text: text, projections: projections, tokenizer: try taskPool.tokenizer(),
            cache: try ZeroShotHeadCache.ofJob(checkpoint, in: context), fabric: context.fabric)
        heads = try taskPool.tasks.map { try builder.head(of: $0.classes) }
    }

    private static func check(_ batches: [ImageBatches], _ vision: CLIPVisionConfiguration) throws {
        for batch in batches where batch.size.height != vision.imageSize || batch.size.width != vision.imageSize {
            throw EvaluationError.imageSize(
                found: (batch.size.height, batch.size.width), expected: vision.imageSize)
        }
    }

    /// Classifies all images.
    func run() throws -> EvaluationReport {
        let units = batches.enumerated().flatMap { task, batches in
            (0..<batches.count).map {
                ClassificationUnit(task: task, batch: $0, imageCount: batches.plan[$0].count)
            }
        }
        let fabric = context.fabric
        let images = units.reduce(0) { $0 + $1.imageCount }
        let start = ContinuousClock.now
        let progress = fabric.progress(total: images, description: "evaluating", unit: "image")
        let numbers = try fabric.collect("evaluating", units: units, cost: { Double($0.imageCount) }) { unit in
            defer { progress.advance(by: unit.imageCount) }
            return try classify(unit)
        }
        try progress.finish()
        let seconds = max(1e-9, (ContinuousClock.now - start) / .seconds(1))
        let rate = Int((Double(images) / seconds * 10).rounded())
        Self.log.info("evaluated \(images) images, \(rate / 10).\(rate % 10) a second")
        var scores = pool.tasks.map { ClassificationScore(classCount: $0.classes.classNames.count) }
        var usableCounts = pool.tasks.map { _ in [Int]() }
        for (unit, numbers) in zip(units, numbers) {
            let outcomes = OutcomeNumbers.decode(numbers)
            for outcome in outcomes { scores[unit.task].count(outcome) }
            usableCounts[unit.task].append(outcomes.count { $0 != nil })
        }
        if let saving = pool.features {
            let features = LayerFeatures(saving: saving, vision: vision, fabric: fabric)
            for (task, (batches, counts)) in zip(pool.tasks, zip(batches, usableCounts)) {
                try features.save(task.name, batches, usableCounts: counts)
            }
        }
        let report = ClassificationReport(
            parameterCount: parameterCount,
            tasks: zip(pool.tasks, scores).map {
                ClassificationReport.Task(name: $0.name, classNames: $0.classes.classNames, score: $1)
            })
        return EvaluationReport(json: report.json, table: report.table.text)
    }

    /// The outcomes of a micro-batch, as numbers.
    private func classify(_ unit: ClassificationUnit) throws -> [Double] {
        let task = pool.tasks[unit.task]
        let batch = try batches[unit.task].batch(unit.batch)
        guard batch.count > 0 else { return OutcomeNumbers.encode([], skipped: batch.failures.count) }
        let logits = projections.logits(projections.images(vision(try batch.pixels)), heads[unit.task])
            .array(of: Float.self)
        let classCount = task.classes.classNames.count
        let outcomes = try batch.labels.enumerated().map { place, label in
            guard (0..<classCount).contains(label) else {
                throw EvaluationError.label(
                    label, row: batch.rows[place], dataset: batches[unit.task].dataset.name, task: task.name,
                    classCount: classCount)
            }
            let row = logits[place * classCount..<(place + 1) * classCount]
            guard row.allSatisfy(\.isFinite) else {
                throw EvaluationError.nonFinite(
                    row: batch.rows[place], dataset: batches[unit.task].dataset.name, task: task.name)
            }
            return ClassificationScore.Outcome(logits: row, label: label)
        }
        return OutcomeNumbers.encode(outcomes, skipped: batch.failures.count)
    }
}

/// Why a model cannot be evaluated.
enum EvaluationError: Error, CustomStringConvertible {
    /// The processor makes images of another size than the model takes.
    case imageSize(found: (height: Int, width: Int), expected: Int)
    /// A label is no class of the task.
    case label(Int, row: Int, dataset: String, task: String, classCount: Int)
    /// A model gives numbers for an image that are infinite or none.
    case nonFinite(row: Int, dataset: String, task: String)

    var description: String {
        switch self {
        case .imageSize(let found, let expected):
            "The image processor makes images of \(found.height) × \(found.width) pixels, but the model takes \(expected) × \(expected)"
        case .label(let label, let row, let dataset, let task, let classCount):
            "\(dataset), row \(row): label \(label) is no class of the task '\(task)', which has 0 to \(classCount - 1)"
        case .nonFinite(let row, let dataset, let task):
            "\(dataset), row \(row): the model gives logits for the task '\(task)' that are infinite or not numbers"
        }
    }
}
