import Datasets
import Fabric
import Models
import Networks
import OrderedCollections
import Tensors

/// Trains both towers of a CLIP model on images and captions that are made of the names of their classes.
///
/// The loss looks at all images of a step at once, but the towers need not: embeddings are computed in micro-batches, the loss
/// and its gradients of the embeddings from all of them, and each micro-batch once more for the gradients of the parameters.
/// Gao et al.: "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup" (2021, arXiv 2101.06983).
struct ContrastiveTraining: Sendable {
    /// A part of a step.
    private enum Unit: Sendable {
        case images(TrainingImages.MicroBatch)
        /// Captions, and the place of the first one in the step.
        case captions([[Int32]], first: Int)

        var cost: Double {
            switch self {
            case .images(let batch): Double(batch.rows.count)
            case .captions(let texts, _): Double(texts.count)
            }
        }
    }

    private let configuration: CLIPConfiguration
    private let tasks: [TrainingImages]
    /// For each task and class, its captions.
    private let captions: [[TokenBatch]]
    private let shift: ImageShift
    private let microBatchSize: Int
    private let seed: UInt64
    private let fabric: Fabric

    /// The parameter that similarities are multiplied with, as a logarithm.
    static let logitScaleName = "logit_scale"

    /// Opens the training data of a pool.
    ///
    /// - Parameters:
    ///   - pool: Names the data sets under `train_datasets`.
    ///   - configuration: The sizes of the model.
    ///   - data: How images are cut into steps; the batch is that of all tasks together.
    ///   - shift: The most pixels that images are moved by.
    ///   - fabric: The ranks.
    /// - Throws: What is wrong with data sets or tokenizer.
    init(
        _ pool: ModelPool, _ configuration: CLIPConfiguration, _ data: TrainingData, shift: Int, _ fabric: Fabric
    ) throws {
        let directory = try pool.processorDirectory()
        let processor = try CLIPImageProcessor(directory: directory)
        let tokenizer = try Tokenizer(directory: directory)
        let tasks = try pool.data.tasks(.train)
        let count = tasks.count
        self.tasks = try tasks.enumerated().map { number, task in
            // The first tasks get what is left over.
            let share = data.batchSize / count + (number < data.batchSize % count ? 1 : 0)
            return try TrainingImages(
                task, processor: processor, imageSize: configuration.vision.imageSize, batchSize: max(1, share),
                microBatchSize: data.microBatchSize, seed: data.seed)
        }
        captions = try tasks.map {
            try $0.classes.tokens(tokenizer, maximumLength: configuration.text.positionCount).classes
        }
        self.configuration = configuration
        self.shift = ImageShift(limit: shift, seed: data.seed)
        microBatchSize = data.microBatchSize
        seed = data.seed
        self.fabric = fabric
    }

    /// The loss and the gradients of a step.
    ///
    /// - Parameters:
    ///   - step: The number of the step.
    ///   - parameters: All parameters of the model.
    /// - Returns: The same on all ranks.
    /// - Throws: An error of reading an image.
    func gradients(ofStep step: Int, _ parameters: OrderedDictionary<String, Tensor>) throws -> Training.Step {
        var batches: [TrainingImages.MicroBatch] = []
        for (number, task) in tasks.enumerated() {
            let first = batches.last.map { $0.first + $0.rows.count } ?? 0
            batches += task.microBatches(ofStep: step, task: number, first: first)
        }
        let (images, classes) = try imageEmbeddings(batches, step, parameters)
        // One caption for each class in the step.
        let distinct = Set(classes).sorted()
        let places = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, $0) })
        let texts = captionUnits(distinct, step)
        let captions = try captionEmbeddings(texts, parameters)
        let value = try loss(
            images, captions, labels: classes.compactMap { places[$0] },
            parameters[Self.logitScaleName] ?? Tensor(Float(0)))
        let units = batches.map(Unit.images) + texts
        var sums = try fabric.sumGradients(
            "gradients of a step", units: units, cost: \.cost, of: parameters
        ) { unit in
            ([], try self.gradients(of: unit, step, parameters, value))
        }
        sums.gradients[Self.logitScaleName] = Tensor(Float(value.scaleGradient))
        let scale = parameters[Self.logitScaleName].map { (name: "train/logit_scale", value: $0.number) }
        return Training.Step(loss: value.loss, gradients: sums.gradients, metrics: scale.map { [$0] } ?? [])
    }

    // MARK: - Embeddings

    /// A class of a task.
    private struct Class: Hashable, Comparable, Sendable {
        let task: Int
        let label: Int

        static func < (left: Class, right: Class) -> Bool { (left.task, left.label) < (right.task, right.label) }
    }

    private func imageEmbeddings(
        _ batches: [TrainingImages.MicroBatch], _ step: Int, _ parameters: OrderedDictionary<String, Tensor>
    ) throws -> (Tensor, [Class]) {
        let results: [[Float]] = try fabric.collect(
            "embeddings of images", units: batches, cost: { Double($0.rows.count) }
        ) { batch in
            let (pixels, labels) = try self.pixels(of: batch, step)
            return labels.map(Float.init) + (try self.embeddings(of: pixels, parameters)).array(of: Float.self)
        }
        var embeddings: [Float] = []
        var classes: [Class] = []
        for (batch, numbers) in zip(batches, results) {
            let count = batch.rows.count
            classes += numbers[..<count].map { Class(task: batch.task, label: Int($0)) }
            embeddings += numbers[count...]
        }
        return (try Tensor(embeddings, shape: [classes.count, configuration.projectionSize]), classes)
    }

    private func captionEmbeddings(
        _ units: [Unit], _ parameters: OrderedDictionary<String, Tensor>
    ) throws -> Tensor {
        let results: [[Float]] = try fabric.collect("embeddings of captions", units: units, cost: \.cost) { unit in
            guard case .captions(let texts, _) = unit else { return [] }
            return try self.embeddings(of: texts, parameters).array(of: Float.self)
        }
        let numbers = results.flatMap(\.self)
        let size = configuration.projectionSize
        return try Tensor(numbers, shape: [numbers.count / size, size])
    }

    private func pixels(of batch: TrainingImages.MicroBatch, _ step: Int) throws -> (Tensor, labels: [Int]) {
        let images = try tasks[batch.task].images(of: batch)
        return (try shift.pixels(of: images, step: step, first: batch.first), images.labels)
    }

    private func embeddings(of pixels: Tensor, _ parameters: OrderedDictionary<String, Tensor>) throws -> Tensor {
        let (tower, heads) = try Parameters(parameters).makeNetwork(unexpected: .areIgnored) { scope in
            (
                CLIPVisionModel(scope["vision_model"], configuration.vision),
                CLIPProjections(scope, configuration)
            )
        }
        return heads.images(tower(pixels))
    }

    private func embeddings(
        of texts: [[Int32]], _ parameters: OrderedDictionary<String, Tensor>
    ) throws -> Tensor {
        let (tower, heads) = try Parameters(parameters).makeNetwork(unexpected: .areIgnored) { scope in
            (CLIPTextModel(scope["text_model"], configuration.text), CLIPProjections(scope, configuration))
        }
        return heads.texts(try tower(texts))
    }

    /// The captions of some classes, in micro-batches: each step draws a template for each class.
    private func captionUnits(_ classes: [Class], _ step: Int) -> [Unit] {
        let stream = RandomStream(seed: seed, purpose: "training/templates", name: "step \(step)")
        let texts = classes.enumerated().map { place, found -> [Int32] in
            let batch = captions[found.task][found.label]
            let template = Int(stream.uniformDouble(at: place) * Double(batch.count))
            return Array(batch.ids[template * batch.length..<(template + 1) * batch.length])
        }
        // One length for all: what fills them up stands behind their ends, where nobody looks.
        let length = texts.map(\.count).max() ?? 0
        let filled = texts.map { $0 + Array(repeating: $0.last ?? 0, count: length - $0.count) }
        return stride(from: 0, to: filled.count, by: microBatchSize).map { first in
            .captions(Array(filled[first..<min(first + microBatchSize, filled.count)]), first: first)
        }
    }

    // MARK: - Loss and gradients

    /// The loss, computed by one rank for all.
    private func loss(
        _ images: Tensor, _ captions: Tensor, labels: [Int], _ logitScale: Tensor
    ) throws -> ContrastiveLoss.Value {
        let numbers: [[Double]] = try fabric.collect("contrastive loss", units: [labels], cost: { _ in 1 }) { labels in
            let value = try ContrastiveLoss(labels: labels)(images, captions, logitScale: logitScale)
            return [value.loss, value.scaleGradient]
                + (value.imageGradient.array(of: Float.self) + value.captionGradient.array(of: Float.self))
                .map(Double.init)
        }
        let gradients = numbers[0][2...].map { Float($0) }
        return ContrastiveLoss.Value(
            loss: numbers[0][0], scaleGradient: numbers[0][1],
            imageGradient: try Tensor(Array(gradients[..<images.elementCount]), shape: images.shape),
            captionGradient: try Tensor(Array(gradients[images.elementCount...]), shape: captions.shape))
    }

    /// The gradients of all parameters that a micro-batch has, in their order.
    private func gradients(
        of unit: Unit, _ step: Int, _ parameters: OrderedDictionary<String, Tensor>, _ value: ContrastiveLoss.Value
    ) throws -> [Tensor] {
        let tape = GradientTape()
        let prefixes =
            if case .images = unit { ["vision_model.", "visual_projection."] } else {
                ["text_model.", "text_projection."]
            }
        var traced = parameters
        for name in parameters.keys where prefixes.contains(where: name.hasPrefix) {
            traced[name] = parameters[name].map { tape.watch($0) }
        }
        let (embeddings, start) =
            switch unit {
            case .images(let batch):
                (
                    try self.embeddings(of: pixels(of: batch, step).0, traced),
                    value.imageGradient[batch.first..<batch.first + batch.rows.count]
                )
            case .captions(let texts, let first):
                (try self.embeddings(of: texts, traced), value.captionGradient[first..<first + texts.count])
            }
        let watched = traced.filter { $0.value.isTraced }
        let gradients = tape.gradients(of: embeddings, to: Array(watched.values), startingWith: start)
        let found = Dictionary(uniqueKeysWithValues: zip(watched.keys, gradients))
        return parameters.map { found[$0.key] ?? Tensor.zeros($0.value.shape) }
    }
}
