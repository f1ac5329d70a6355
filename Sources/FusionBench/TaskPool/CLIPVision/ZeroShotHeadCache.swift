import Checkpoints
import Fabric
import Logging
import Models
import OperatingSystem
import OrderedCollections
import Tensors

/// Keeps the classifiers of tasks on disk, by a hash of everything that they depend on.
struct ZeroShotHeadCache: Sendable {
    /// Where they are kept.
    let directory: String
    /// A hash of the text tower and the projection, in hexadecimal.
    private let modelHash: String

    private static let tensorName = "head"
    private static let log = Logger(label: "fusion_bench.taskpool.clip_vision.taskpool")

    /// A cache for a model, whose tensors are hashed by all ranks together.
    ///
    /// - Throws: An error of reading.
    init(directory: String, checkpoint: CLIPCheckpoint, fabric: Fabric) throws {
        self.directory = directory
        let tensors = checkpoint.stateDict.tensors.filter { name, _ in
            name.hasPrefix("text_model.") || name.hasPrefix("text_projection.")
        }
        let hashes: [[UInt8]] = try fabric.collect(
            "hash of the text tower", units: Array(tensors.values), cost: { Double($0.byteCount) }
        ) { tensor in
            var hash = SHA256()
            hash.update(try tensor.readAll())
            return hash.finish()
        }
        var hash = SHA256()
        for ((name, tensor), own) in zip(tensors, hashes) {
            hash.update(Array("\(name) \(tensor.dtype.rawValue) \(tensor.shape) ".utf8) + own)
        }
        let text = checkpoint.configuration.text
        let settings = [
            text.encoder.headCount, text.endToken, text.positionCount, checkpoint.configuration.projectionSize,
        ]
        hash.update(Array("\(settings) \(text.encoder.activation) \(text.encoder.normEpsilon)".utf8))
        modelHash = SHA256.hexadecimal(hash.finish())
    }

    /// The cache of a job; nil if it keeps nothing.
    ///
    /// - Throws: An error of reading.
    static func ofJob(_ checkpoint: CLIPCheckpoint, in context: FusionContext) throws -> ZeroShotHeadCache? {
        try context.cacheDirectory.map {
            try ZeroShotHeadCache(
                directory: FileSystem.join($0, "zero_shot_heads"), checkpoint: checkpoint, fabric: context.fabric)
        }
    }

    /// The classifier of a task, from the cache if it is there, otherwise made and kept.
    ///
    /// - Parameters:
    ///   - tokens: A hash of the task's texts as tokens.
    ///   - shape: `[classes, projection]`.
    ///   - fabric: The ranks, all of which get it.
    ///   - make: Makes it, on all ranks together.
    /// - Returns: It, on all ranks.
    /// - Throws: What `make` throws.
    func head(tokens: String, shape: Shape, _ fabric: Fabric, make: () throws -> Tensor) throws -> Tensor {
        var hash = SHA256()
        hash.update(Array("\(modelHash) \(tokens)".utf8))
        let path = FileSystem.join(directory, SHA256.hexadecimal(hash.finish()) + ".safetensors")
        let kept = try fabric.broadcast(fabric.isGlobalZero ? Self.read(path, shape) : [], "zero-shot head")
        if !kept.isEmpty {
            return try kept.withUnsafeBytes { try Tensor(copying: $0, shape: shape, dtype: .float32) }
        }
        let head = try make()
        if fabric.isGlobalZero { write(head, to: path) }
        return head
    }

    /// The bytes of a classifier that was kept; none if there is none that can be used.
    private static func read(_ path: String, _ shape: Shape) -> [UInt8] {
        guard FileSystem.isFile(path), let file = try? SafetensorsFile(path),
            let tensor = file.stateDict.tensors[tensorName], tensor.shape == shape, tensor.dtype == .float32,
            let bytes = try? tensor.readAll()
        else { return [] }
        return bytes
    }

    /// Keeps a classifier; if it cannot be kept, the next run makes it again.
    private func write(_ head: Tensor, to path: String) {
        do {
            try FileSystem.makeDirectory(directory)
            let writer = try SafetensorsWriter(
                path: path, tensors: [TensorDescription(name: Self.tensorName, dtype: .float32, shape: head.shape)],
                metadata: nil)
            defer { writer.abandon() }
            try writer.create()
            try head.withBytes { try writer.write($0, to: Self.tensorName, at: 0) }
            try writer.finish(flushing: false)
        } catch {
            Self.log.warning("A zero-shot head was not kept for the next run: \(error)")
        }
    }
}
