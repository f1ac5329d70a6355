import Diagnostics

/// Why the tensors of a checkpoint cannot be given the names of another form of the model.
public enum KeyMapProblem: Error, Sendable, Equatable {
    /// Two tensors would have one name.
    case collision(String, String, renamed: String)
    /// The tensors are not those of a CLIP vision model; with the names of some.
    case noVisionTower([String])
}

extension KeyMapProblem: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .collision(let first, let second, let renamed):
            "the tensors \(first.quoted()) and \(second.quoted()) are both \(renamed.quoted())"
        case .noVisionTower(let names):
            "there is no vision model of CLIP"
                + (names.isEmpty ? "; there are no tensors at all" : "; there are: \(names.quotedList(limit: 5))")
        }
    }
}
