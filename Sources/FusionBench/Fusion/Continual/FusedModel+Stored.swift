import Checkpoints
import Fabric
import Glibc
import OperatingSystem
import Tensors

extension FusedModel {
    /// Computes the model into a file of the job's output directory, for passes that need it as a whole.
    ///
    /// All ranks do it together. The file has no name any more as soon as all have opened it, and so it is gone when nobody
    /// reads it any longer.
    ///
    /// - Parameters:
    ///   - name: What it is, for the file and for people.
    ///   - modelNames: The names of the models that it is computed from.
    ///   - context: What surrounds the fusion.
    /// - Returns: Its floating-point tensors in `float32`, by the names in the state dict.
    /// - Throws: An error of reading, merging or writing.
    func stored(
        as name: String, modelNames: [String], in context: FusionContext
    ) throws -> [String: LazyTensor] {
        var model = self
        model.parameters.removeAll { !$0.dtype.isFloatingPoint }
        model.store(as: .float32)
        let fabric = context.fabric
        let path = FileSystem.absolute(FileSystem.join(context.outputDirectory, ".\(name).safetensors"))
        let writer = try SafetensorsWriter(
            path: path,
            tensors: model.parameters.map { TensorDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape) },
            metadata: nil)
        let held = [writer.temporaryPath, path]
        if fabric.isGlobalZero {
            try FileSystem.makeDirectory(context.outputDirectory)
            for path in held { fabric.holdTemporaryFile(path) }
        }
        defer {
            if fabric.isGlobalZero {
                for path in held {
                    unlink(path)
                    fabric.releaseTemporaryFile(path)
                }
            }
        }
        if fabric.isGlobalZero { try writer.create() }
        let names = model.parameters.map(\.name)
        try FusedModelStream(model: model, modelNames: modelNames, context: context).run(name) { piece in
            try writer.write(piece.bytes, to: names[piece.parameter], at: piece.range.lowerBound)
        }
        if fabric.isGlobalZero { try writer.finish(flushing: false) }
        try fabric.barrier("written \(name)")
        let tensors = try SafetensorsFile(path).stateDict.tensors
        try fabric.barrier("opened \(name)")
        return Dictionary(uniqueKeysWithValues: tensors.map { ($0.key, $0.value) })
    }
}
