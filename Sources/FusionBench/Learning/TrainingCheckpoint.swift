import Checkpoints
import Fabric
import Glibc
import Logging
import OperatingSystem
import OrderedCollections
import Tensors

/// The file that keeps the state of a training, so that it survives the end of its process.
///
/// The file is named by what decides the result, not by the run: the same command with `--resume` finds it, whatever its
/// output directory and its number of ranks. It is gone when the job is done.
struct TrainingCheckpoint: Sendable {
    /// Where the state is kept.
    let path: String
    private let settings: TrainingSettings
    private let fabric: Fabric

    private static let stepKey = "step"
    private static let recipeKey = "fusion_bench_recipe"
    private static let log = Logger(label: "fusion_bench.learning")

    /// The checkpoint of one training of a job.
    ///
    /// - Parameters:
    ///   - name: Tells the trainings of one job apart.
    ///   - stepCount: The number of steps: the result of fewer, as in a run that only tries things out, is another one.
    ///   - context: What surrounds the fusion.
    init(_ name: String, stepCount: Int, in context: FusionContext) {
        settings = context.training
        fabric = context.fabric
        var hash = SHA256()
        hash.update(Array("\(name)\n\(stepCount)\n\(settings.recipe)".utf8))
        let digits = SHA256.hexadecimal(hash.finish().prefix(8))
        path = FileSystem.join(settings.directory, "\(name)-\(digits).safetensors")
    }

    /// The state to go on from; nil to start from the beginning.
    ///
    /// All ranks ask together.
    ///
    /// - Throws: `CheckpointError` if there is a state that cannot be read, `TrainingStateError` if it is none.
    func resumed() throws -> TrainingState? {
        guard settings.resumes else { return nil }
        // Global zero may be the only one that sees the file.
        let kept = try fabric.isGlobalZero && FileSystem.isFile(path) ? SafetensorsFile(path).stateDict : nil
        let outline = [UInt8](try kept.map(outline)?.utf8 ?? "".utf8)
        let lines = String(decoding: try fabric.broadcast(outline, "training state"), as: UTF8.self)
            .split(separator: "\n")
        guard let first = lines.first, let step = Int(first) else {
            Self.log.info("No state of this training was kept at \(path): it starts from the beginning")
            return nil
        }
        var state = TrainingState(step: step, tensors: [:])
        for line in lines.dropFirst() {
            let (name, dtype, shape) = try Self.description(line)
            let bytes = try fabric.broadcast(kept?.tensor(name).readAll() ?? [], name)
            state.tensors[name] = try bytes.withUnsafeBytes { try Tensor(copying: $0, shape: shape, dtype: dtype) }
        }
        return state
    }

    /// The step, and a line for each tensor: type, sizes and name.
    private func outline(_ kept: LazyStateDict) throws -> String {
        guard let step = kept.metadata[Self.stepKey].flatMap({ Int($0) }), step >= 0,
            kept.metadata[Self.recipeKey] == settings.recipe
        else { throw TrainingStateError(path: path) }
        let lines = kept.tensors.map { name, tensor in
            "\(tensor.dtype.rawValue) \(tensor.shape.dimensions.map(String.init).joined(separator: ",")) \(name)"
        }
        return ([String(step)] + lines).joined(separator: "\n")
    }

    private static func description(_ line: Substring) throws -> (name: String, dtype: DType, shape: Shape) {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let dtype = DType(rawValue: String(parts[0])) else {
            throw TrainingStateError(path: String(line))
        }
        return (String(parts[2]), dtype, Shape(parts[1].split(separator: ",").compactMap { Int($0) }))
    }

    /// Whether anything is kept.
    var isKept: Bool { settings.saveInterval != nil }

    /// Whether the state is to be kept after a step.
    func isDue(after step: Int) -> Bool { settings.saveInterval.map { step % $0 == 0 } ?? false }

    /// Keeps a state in place of the one before; global zero writes while the others wait.
    ///
    /// - Parameter state: What is kept, the same on all ranks.
    /// - Throws: `CheckpointError` if it cannot be written; what was kept before is then still there.
    func save(_ state: @autoclosure () -> TrainingState) throws {
        if fabric.isGlobalZero {
            let state = state()
            try FileSystem.makeDirectory(settings.directory)
            // What a job that was killed while it wrote has left there.
            TemporaryFiles.removeStale(in: settings.directory)
            let writer = try SafetensorsWriter(
                path: path,
                tensors: state.tensors.map { TensorDescription(name: $0, dtype: $1.dtype, shape: $1.shape) },
                metadata: [Self.stepKey: String(state.step), Self.recipeKey: settings.recipe])
            fabric.holdTemporaryFile(writer.temporaryPath)
            defer {
                writer.abandon()
                fabric.releaseTemporaryFile(writer.temporaryPath)
            }
            try writer.create()
            for (name, tensor) in state.tensors { try tensor.withBytes { try writer.write($0, to: name, at: 0) } }
            try writer.finish(flushing: true)
        }
        try fabric.barrier("training state")
    }

    /// Removes what was kept.
    func remove() {
        if fabric.isGlobalZero { unlink(path) }
    }
}

/// What should be the state of a training is something else.
struct TrainingStateError: Error, Equatable, CustomStringConvertible {
    let path: String

    var description: String {
        "\(path) is not the state of this training; remove it, or run without --resume to write it anew"
    }
}
