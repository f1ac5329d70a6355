import Checkpoints
import Fabric
import Glibc
import OperatingSystem
import Tensors

/// Tensors in a file of the job's output directory, for passes that need them as a whole.
///
/// The file has no name any more as soon as all ranks have opened it, and so it is gone when nobody reads it any longer.
enum StoredTensors {
    /// Makes a file, writes tensors to it, and opens it; all ranks do it together.
    ///
    /// - Parameters:
    ///   - name: What they are, for the file and for people.
    ///   - tensors: Which tensors there will be.
    ///   - context: What surrounds the fusion.
    ///   - write: Computes the tensors; of all ranks, global zero alone writes them.
    /// - Returns: The tensors by their names.
    /// - Throws: An error of computing, writing or reading.
    static func make(
        _ name: String, _ tensors: [TensorDescription], in context: FusionContext,
        write: (SafetensorsWriter) throws -> Void
    ) throws -> [String: LazyTensor] {
        let fabric = context.fabric
        let path = FileSystem.absolute(FileSystem.join(context.outputDirectory, ".\(name).safetensors"))
        let writer = try SafetensorsWriter(path: path, tensors: tensors, metadata: nil)
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
        try write(writer)
        if fabric.isGlobalZero { try writer.finish(flushing: false) }
        try fabric.barrier("written \(name)")
        let stored = try SafetensorsFile(path).stateDict.tensors
        try fabric.barrier("opened \(name)")
        return Dictionary(uniqueKeysWithValues: stored.map { ($0.key, $0.value) })
    }
}
