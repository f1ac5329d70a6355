import Glibc

/// What can be wrong with a checkpoint, with the file it is about.
public enum CheckpointError: Error, Sendable, Equatable {
    /// A file cannot be opened or read; the system's error code.
    case unreadable(path: String, code: Int32)
    /// A file cannot be written; the system's error code.
    case unwritable(path: String, code: Int32)
    /// A file is shorter than it says it is; in bytes.
    case truncated(path: String, expected: Int, found: Int)
    /// A file is not what its format asks for.
    case malformed(path: String, problem: String)
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
}

extension CheckpointError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .unwritable(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
        case .truncated(let path, let expected, let found):
            "\(path) is cut off: \(expected) bytes were expected, there are \(found)"
        case .malformed(let path, let problem): "\(path): \(problem)"
        case .missingTensor(let path, let name, let nearest):
            "\(path) has no tensor '\(name)'" + (nearest.isEmpty ? "" : "; near: \(nearest.joined(separator: ", "))")
        case .refusedObjects(let path, let objects):
            "\(path) holds more than tensors and plain data, and is not loaded; save its state dict alone: "
                + objects.map(\.description).joined(separator: ", ")
        case .noTensors(let path, let found): "\(path) holds no state dict, but \(found)"
        case .unsupportedTensors(let path, let tensors):
            "\(path) has tensors whose elements cannot be read: \(tensors.joined(separator: ", "))"
        case .invalidAdapter(let path, let problems):
            "\(path) cannot be merged: \(problems.map(\.description).joined(separator: "; "))"
        }
    }
}
