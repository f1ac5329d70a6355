import Checkpoints
import JSON
import OperatingSystem
import OrderedCollections

/// Compares the vocabularies of a pool's models: rows of embeddings that stand for different tokens are merged all the same,
/// and nobody would see it.
struct VocabularyCheck {
    /// The model that the others are compared with.
    let template: PooledModel
    let models: [PooledModel]

    /// The most bytes of all files that list tokens together; beyond, only whether they are equal is told.
    var byteLimit = 64 << 20

    /// What differs, one text for each model; files that are the same are not looked into.
    func differences() -> [String] {
        var reader = TokenReader(rest: byteLimit)
        return models.filter { $0.directory != template.directory }.compactMap { model in
            var (own, other) = (details(model), details(template))
            var clauses: [String] = []
            switch reader.tokens(model, template) {
            case .equal, .unknown: break
            case .tooLarge(let file): clauses.append("\(file) is another one, too large to be looked into")
            case .different(let tokens, let others): (own.tokens, other.tokens) = (tokens, others)
            }
            clauses = VocabularyDifference(own, from: other).clauses + clauses
            if clauses.isEmpty { return nil }
            return "The model '\(model.name)' (\(model.location)) has another vocabulary than '\(template.name)': "
                + clauses.joined(separator: "; ")
        }
    }

    /// What small files tell.
    private func details(_ model: PooledModel) -> Vocabulary {
        let files = Vocabulary.roleFiles.compactMap { name -> JSONValue? in
            let path = FileSystem.join(model.directory, name)
            guard let file = try? CheckpointFile(path), file.byteCount <= byteLimit,
                let bytes = try? file.read(0..<file.byteCount)
            else { return nil }
            return try? JSONValue(parsing: bytes)
        }
        return Vocabulary(roles: Vocabulary.roles(files), size: Vocabulary.size(model.configuration))
    }

    /// What the files that list the tokens of two models tell.
    private enum Tokens {
        /// The files are the same.
        case equal
        /// There are not two files of one name.
        case unknown
        case tooLarge(file: String)
        case different([String: Int], [String: Int])
    }

    /// Reads files as long as there are not too many bytes.
    private struct TokenReader {
        /// The bytes that may still be read.
        var rest: Int
        private var templateTokens: [String: [String: Int]] = [:]

        init(rest: Int) {
            self.rest = rest
        }

        mutating func tokens(_ model: PooledModel, _ template: PooledModel) -> Tokens {
            for name in Vocabulary.tokenFiles {
                let (path, otherPath) = (
                    FileSystem.join(model.directory, name), FileSystem.join(template.directory, name)
                )
                guard let file = try? CheckpointFile(path), let other = try? CheckpointFile(otherPath) else { continue }
                if FileIdentity(path) == FileIdentity(otherPath) { return .equal }
                guard file.byteCount + other.byteCount <= rest else {
                    return file.byteCount == other.byteCount ? .unknown : .tooLarge(file: name)
                }
                rest -= file.byteCount + other.byteCount
                guard let bytes = try? file.read(0..<file.byteCount),
                    let otherBytes = try? other.read(0..<other.byteCount)
                else { return .unknown }
                if bytes == otherBytes { return .equal }
                let known = templateTokens[name] ?? Vocabulary.tokens(otherBytes, named: name)
                templateTokens[name] = known
                guard let tokens = Vocabulary.tokens(bytes, named: name), let known else { return .unknown }
                return .different(tokens, known)
            }
            return .unknown
        }
    }
}

extension ModelPool {
    /// How the vocabularies of models differ from that of the pretrained one, or the first; one text for each.
    func vocabularyDifferences() -> [String] {
        guard let template = try? loadPretrainedOrFirst() else { return [] }
        let models = allNames.filter { $0 != template.name }.compactMap { try? load($0) }
        return VocabularyCheck(template: template, models: models).differences()
    }
}
