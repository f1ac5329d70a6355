import Diagnostics

/// Why a checkpoint cannot be written to a directory.
public enum OutputProblem: Error, Sendable, Equatable {
    /// The path, or one above it, is a file.
    case notDirectory(path: String)
    /// A file would have the name of a directory.
    case isDirectory(path: String)
    /// The directory is one of those from which the model is made.
    case directoryIsInput(path: String, input: String)
    /// A file would be replaced or removed from which the model is made.
    case fileIsInput(path: String, input: String)
}

extension OutputProblem: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .notDirectory(let path): "\(path) is a file, where a directory is needed for the model"
        case .isDirectory(let path): "\(path) is a directory, where a file of the model is to be written"
        case .directoryIsInput(let path, let input):
            "The model cannot be written to \(path): it is made from what is there (\(input))"
        case .fileIsInput(let path, let input):
            "The model cannot be written to \(path): this file is one that it is made from (\(input))"
        }
    }
}
