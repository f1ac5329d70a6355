import Diagnostics
import Glibc

/// What can be wrong with a checkpoint, with the file it is about.
public enum CheckpointError: Error, Sendable, Equatable {
    /// A file cannot be opened or read; the system's error code.
    case unreadable(path: String, code: Int32)
    /// A file cannot be written; the system's error code.
    case unwritable(path: String, code: Int32)
    /// There is no room for a file; in bytes.
    case insufficientSpace(path: String, needed: Int, available: Int)
    /// A file was to be finished although some tensors were not written, or not as a whole.
    case incomplete(path: String, tensors: [String])
    /// A file is no longer being written.
    case abandoned(path: String)
    /// A file is shorter than it says it is; in bytes.
    case truncated(path: String, expected: Int, found: Int)
    /// A file is not what its format asks for.
    case malformed(path: String, problem: String)
    /// A file is not what the safetensors format asks for, or cannot be written in it.
    case invalidSafetensors(path: String, SafetensorsProblem)
    /// The index of a checkpoint with several files cannot be used.
    case invalidIndex(path: String, ShardIndexProblem)
    /// A text does not say how large the files of a checkpoint may be.
    case invalidShardSize(String)
    /// There is no checkpoint where one was looked for.
    case location(LocationProblem)
    /// A checkpoint cannot be written where it should be.
    case output(OutputProblem)
    /// There is no tensor of this name.
    case missingTensor(path: String, name: String, nearest: [String])
    /// A file needs objects that are neither tensors nor plain data; the first place of each name.
    case refusedObjects(path: String, objects: [RefusedObject])
    /// A file holds no state dict; what it holds instead.
    case noTensors(path: String, found: String)
    /// Tensors have elements of types that cannot be read; each with its type.
    case unsupportedTensors(path: String, tensors: [String])
    /// An adapter cannot be used, or does not fit its base; everything that is wrong.
    case invalidAdapter(path: String, problems: [AdapterProblem])
    /// Several things are wrong.
    case several([CheckpointError])
}

extension CheckpointError {
    /// One error for all that is wrong.
    ///
    /// - Throws: The error if there is only one; nothing if there is none.
    static func throwIfAny(_ errors: [CheckpointError]) throws(CheckpointError) {
        if let first = errors.first { throw errors.count == 1 ? first : .several(errors) }
    }
}

extension CheckpointError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String { message.withVisibleControls }

    private var message: String {
        switch self {
        case .unreadable(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .unwritable(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
        case .insufficientSpace(let path, let needed, let available):
            "\(path) cannot be written: it needs \(needed) bytes, and \(available) are free"
        case .incomplete(let path, let tensors):
            "\(path) is incomplete: \(tensors.quotedList()) \(tensors.count == 1 ? "was" : "were") not written as a whole"
        case .abandoned(let path): "\(path) is no longer being written"
        case .truncated(let path, let expected, let found):
            "\(path) is cut off: \(expected) bytes were expected, there are \(found)"
        case .malformed(let path, let problem): "\(path): \(problem)"
        case .invalidSafetensors(let path, let problem): "\(path): \(problem)"
        case .invalidIndex(let path, let problem): "\(path): \(problem)"
        case .invalidShardSize(let text):
            "\(text.quoted()) is no size of a file; sizes are written like 5GB, 500MB, 1.5GiB, or as a number of bytes"
        case .location(let problem): problem.description
        case .output(let problem): problem.description
        case .missingTensor(let path, let name, let nearest):
            "\(path) has no tensor \(name.quoted())" + (nearest.isEmpty ? "" : "; near: \(nearest.quotedList())")
        case .refusedObjects(let path, let objects):
            "\(path) holds more than tensors and plain data, and is not loaded; save its state dict alone: "
                + objects.map(\.description).joined(separator: ", ")
        case .noTensors(let path, let found): "\(path) holds no state dict, but \(found)"
        case .unsupportedTensors(let path, let tensors):
            "\(path) has tensors whose elements cannot be read: \(tensors.joined(separator: ", "))"
        case .invalidAdapter(let path, let problems):
            "\(path) cannot be merged: \(problems.map(\.description).joined(separator: "; "))"
        case .several(let errors):
            errors.prefix(20).map(\.message).joined(separator: "\n")
                + (errors.count > 20 ? "\n… (\(errors.count) errors in all)" : "")
        }
    }
}
