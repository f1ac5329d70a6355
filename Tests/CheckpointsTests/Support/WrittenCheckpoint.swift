import Checkpoints
import OrderedCollections
import Tensors
import TestSupport

/// Small models, and their writing in one go.
enum WrittenCheckpoint {
    /// Tensors of so many bytes each, named `t0`, `t1` ….
    static func tensors(_ sizes: [Int]) -> [TensorDescription] {
        sizes.enumerated().map { TensorDescription(name: "t\($0)", dtype: .uint8, shape: [$1]) }
    }

    /// Writes all tensors of an output, each filled with one number.
    @discardableResult
    static func write(_ output: CheckpointOutput, filledWith number: UInt8) throws -> CheckpointWriter.Report {
        let writer = try CheckpointWriter(output)
        try writer.create()
        try fill(writer, output.tensors, with: number)
        return try writer.finish(flushing: false)
    }

    static func fill(_ writer: CheckpointWriter, _ tensors: [TensorDescription], with number: UInt8) throws {
        for tensor in tensors {
            try [UInt8](repeating: number, count: tensor.byteCount ?? 0).withUnsafeBytes {
                try writer.write($0, to: tensor.name, at: 0)
            }
        }
    }

    /// What Transformers would read from a directory.
    static func read(_ directory: String) throws -> LazyStateDict {
        try CheckpointLocation(directory).resolved(cache: HubCache(directory: "/none")).weights.stateDict()
    }

    /// The numbers that all tensors of a directory are filled with.
    static func numbers(in directory: String) throws -> Set<UInt8> {
        Set(try read(directory).tensors.values.flatMap { try $0.readAll() })
    }
}
