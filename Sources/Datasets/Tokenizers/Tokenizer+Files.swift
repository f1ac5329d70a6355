import JSON
import OperatingSystem

extension Tokenizer {
    /// Reads a tokenizer from the directory of a model.
    ///
    /// From `tokenizer.json` if there is one, else from `vocab.json` and `merges.txt`, for which the class in
    /// `tokenizer_config.json` says whether they are CLIP's or GPT-2's; without one, ends of words that are marked tell.
    /// `tokenizer_config.json` and `special_tokens_map.json` name the special tokens, the first being right in doubt.
    ///
    /// - Parameter directory: A directory with these files.
    /// - Throws: `TokenizerError` with the file and everything in it that is wrong or not supported.
    public convenience init(directory: String) throws(TokenizerError) {
        let path = { (name: String) in FileSystem.join(directory, name) }
        var settingsFiles: [(path: String, bytes: [UInt8])] = []
        for name in ["tokenizer_config.json", "special_tokens_map.json"] where FileSystem.exists(path(name)) {
            settingsFiles.append((path(name), try Self.read(path(name))))
        }
        if FileSystem.exists(path("tokenizer.json")) {
            let bytes = try Self.read(path("tokenizer.json"))
            try self.init(tokenizer: bytes, path: path("tokenizer.json"), settingsFiles: settingsFiles)
            return
        }
        guard FileSystem.exists(path("vocab.json")), FileSystem.exists(path("merges.txt")) else {
            throw .missing(directory: directory)
        }
        try self.init(
            vocabulary: (path("vocab.json"), try Self.read(path("vocab.json"))),
            merges: (path("merges.txt"), try Self.read(path("merges.txt"))), settingsFiles: settingsFiles)
    }

    private static func read(_ path: String) throws(TokenizerError) -> [UInt8] {
        do throws(FileSystemError) { return try FileSystem.read(path) } catch {
            throw .unreadable(path: path, code: error.code)
        }
    }

    /// Makes a tokenizer from the text of `tokenizer.json` and the files beside it.
    convenience init(
        tokenizer bytes: [UInt8], path: String, settingsFiles: [(path: String, bytes: [UInt8])] = []
    ) throws(TokenizerError) {
        let settings = try TokenizerSettings(parsing: settingsFiles)
        self.init(try TokenizerFile.parts(parsing: bytes, path: path), settings: settings)
    }

    /// Makes a tokenizer from the texts of `vocab.json`, `merges.txt` and the files beside them.
    convenience init(
        vocabulary: (path: String, bytes: [UInt8]), merges: (path: String, bytes: [UInt8]),
        settingsFiles: [(path: String, bytes: [UInt8])] = []
    ) throws(TokenizerError) {
        var model = BytePairModel()
        do throws(JSONError) {
            var reader = JSONReader(vocabulary.bytes)
            model.tokens = try BytePairModel.readVocabulary(&reader)
            try reader.finish()
        } catch {
            throw .malformed(path: vocabulary.path, problem: error.description)
        }
        model.merges = try BytePairModel.merges(parsing: merges.bytes, path: merges.path)
        let marksEnds = model.tokens.contains { $0.token.utf8.count > 4 && $0.token.hasSuffix(TokenizerFamily.wordEnd) }
        let settings = try TokenizerSettings(parsing: settingsFiles, guess: marksEnds ? .clip : .gpt2)
        let family = settings.family ?? .gpt2
        var problems: [TokenizerProblem] = []
        let parts = family.parts(model, settings, &problems)
        if !problems.isEmpty { throw .invalid(path: vocabulary.path, problems: problems) }
        self.init(parts, settings: settings)
    }
}

extension TokenizerFamily {
    /// What marks the end of a word in CLIP's vocabulary.
    fileprivate static let wordEnd = "</w>"

    /// What a tokenizer of this family consists of.
    fileprivate func parts(
        _ plainModel: BytePairModel, _ settings: TokenizerSettings, _ problems: inout [TokenizerProblem]
    ) -> TokenizerParts {
        var model = plainModel
        if self == .clip {
            model.wordEnd = Self.wordEnd
            model.unknown = settings.unknown
        }
        let vocabulary = model.vocabulary(&problems)
        let encoding = model.encoding(vocabulary, &problems)
        var addedTokens: [AddedToken] = []
        for content in settings.specialTokens {
            guard let id = vocabulary.id(of: content) else {
                problems.append(.unknownToken(content, setting: "special tokens"))
                continue
            }
            addedTokens.append(
                AddedToken(
                    content: content, id: id, isSpecial: true,
                    isNormalized: settings.normalizedTokens.contains(content), takesLeftBlanks: false,
                    takesRightBlanks: false))
        }
        let id = { (token: String?) in token.flatMap { vocabulary.id(of: $0) }.map { [$0] } ?? [] }
        let isCLIP = self == .clip
        return TokenizerParts(
            vocabulary: vocabulary, addedTokens: addedTokens,
            normalizers: isCLIP ? [.composition, .singleSpaces, .lowercase] : [],
            splitter: WordSplitter(
                patterns: isCLIP ? [.clipWithSpecialTokens] : [], addsPrefixSpace: false, splitsAsGPT2: true),
            encoding: encoding,
            frame: isCLIP
                ? SpecialTokenFrame(before: id(settings.start), after: id(settings.end)) : SpecialTokenFrame(),
            wordEnd: model.wordEnd)
    }
}
