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
    /// There is no tensor of this name.
    case missingTensor(path: String, name: String, nearest: [String])
}

extension CheckpointError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .unwritable(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
        case .insufficientSpace(let path, let needed, let available):
            "\(path) cannot be written: it needs \(needed) bytes, and \(available) are free"
        case .incomplete(let path, let tensors):
            "\(path) is incomplete: \(Self.list(tensors)) \(tensors.count == 1 ? "was" : "were") not written as a whole"
        case .abandoned(let path): "\(path) is no longer being written"
        case .truncated(let path, let expected, let found):
            "\(path) is cut off: \(expected) bytes were expected, there are \(found)"
        case .malformed(let path, let problem): "\(path): \(problem)"
        case .invalidSafetensors(let path, let problem): "\(path): \(problem)"
        case .missingTensor(let path, let name, let nearest):
            "\(path) has no tensor \(name.quoted())" + (nearest.isEmpty ? "" : "; near: \(Self.list(nearest))")
        }
    }

    /// The names one after another; of very many only the first.
    private static func list(_ names: [String], limit: Int = 10) -> String {
        let shown = names.prefix(limit).map { $0.quoted() }.joined(separator: ", ")
        return names.count > limit ? "\(shown), … (\(names.count) in all)" : shown
    }
}
