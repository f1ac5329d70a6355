public import JSON

/// What is wrong with a CLIP model, or with what it is given.
public enum CLIPError: Error, Sendable, Hashable {
    /// `config.json` cannot be read, or has settings that make no model.
    case configuration(path: String, problems: [JSONSettings.Problem])
    /// There is no `config.json`, or it is no JSON.
    case noConfiguration(path: String, problem: String)
}

extension CLIPError: CustomStringConvertible {
    /// The file, and everything that is wrong with it.
    public var description: String {
        switch self {
        case .configuration(let path, let problems):
            "\(path): " + problems.map(\.description).joined(separator: "; ")
        case .noConfiguration(let path, let problem): "\(path): \(problem)"
        }
    }
}
