import Checkpoints
import Datasets
import Fabric
import Models
import OperatingSystem
import Tensors

/// Writes what each layer of a vision tower makes of the images of a task: one file a layer, with one tensor, `features`.
struct LayerFeatures: Sendable {
    let saving: CLIPVisionModelTaskPool.FeatureSaving
    let vision: CLIPVisionModel
    let fabric: Fabric

    /// Computes and writes the features of a task.
    ///
    /// - Parameters:
    ///   - task: The name of the task, and of the directory.
    ///   - batches: Its images.
    ///   - usableCounts: For each micro-batch, how many of its images could be read.
    /// - Throws: An error of reading or writing.
    func save(_ task: String, _ batches: ImageBatches, usableCounts: [Int]) throws {
        let usable = usableCounts.reduce(0, +)
        let count = min(saving.limit ?? usable, usable)
        let directory = FileSystem.join(saving.path, task)
        let writers = try fabric.isGlobalZero ? makeWriters(directory, count) : []
        defer {
            for writer in writers { writer.abandon() }
        }
        let layers = vision.configuration.encoder.layerCount
        var done = 0
        try fabric.run("features of \(task)", units: units(usableCounts, count), cost: { _ in 1 }) { unit in
            try features(batches, unit)
        } deliver: { _, features in
            let length = features.count / layers
            let kept = min(length, (count - done) * elementCount)
            for (layer, writer) in writers.enumerated() {
                try features[layer * length..<layer * length + kept].withUnsafeBytes {
                    try writer.write($0, to: Self.tensorName, at: done * elementCount)
                }
            }
            done += kept / elementCount
        }
        for writer in writers { try writer.finish(flushing: false) }
    }

    private static let tensorName = "features"

    /// The numbers that are kept of an image.
    private var elementCount: Int {
        let width = vision.configuration.encoder.width
        return saving.isFirstTokenOnly ? width : width * vision.configuration.tokenCount
    }

    /// The first micro-batches, until there are enough images.
    private func units(_ usableCounts: [Int], _ count: Int) -> [Int] {
        var found = 0
        return usableCounts.indices.prefix { number in
            defer { found += usableCounts[number] }
            return found < count
        }
    }

    private func makeWriters(_ directory: String, _ count: Int) throws -> [SafetensorsWriter] {
        try FileSystem.makeDirectory(directory)
        let vision = vision.configuration
        let width = vision.encoder.width
        let shape: Shape = saving.isFirstTokenOnly ? [count, width] : [count, vision.tokenCount, width]
        return try (0..<vision.encoder.layerCount).map { layer in
            let writer = try SafetensorsWriter(
                path: FileSystem.join(directory, "layer_\(layer).safetensors"),
                tensors: [TensorDescription(name: Self.tensorName, dtype: .float32, shape: shape)], metadata: nil)
            try writer.create()
            return writer
        }
    }

    /// What the layers make of a micro-batch, one layer behind the other.
    private func features(_ batches: ImageBatches, _ number: Int) throws -> [Float] {
        let batch = try batches.batch(number)
        guard batch.count > 0 else { return [] }
        return vision.states(try batch.pixels).hidden.dropFirst().flatMap { state in
            (saving.isFirstTokenOnly ? state.slice(along: 1, 0..<1) : state).array(of: Float.self)
        }
    }
}
