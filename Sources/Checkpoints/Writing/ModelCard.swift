import JSON

/// The page that tells people, and the hub, what a merged model is made of: its `README.md`.
public struct ModelCard: Sendable, Hashable {
    /// The heading.
    public var title: String
    /// A sentence or more on the model; empty for none.
    public var summary: String
    /// The models that were merged, the pretrained one first, as the configuration names them.
    public var models: [String]
    /// The configuration that made the model, in YAML.
    public var recipe: String
    /// What tells the files of the models from others of these names.
    public var digests: [InputFile]

    /// A file of one of the models.
    public struct InputFile: Sendable, Hashable {
        /// The name of the model in the configuration.
        public let model: String
        /// The name of the file.
        public let file: String
        /// Its digest.
        public let digest: FileDigest

        /// A file of a model.
        public init(model: String, file: String, digest: FileDigest) {
            self.model = model
            self.file = file
            self.digest = digest
        }
    }

    /// A card.
    public init(title: String, summary: String = "", models: [String], recipe: String, digests: [InputFile] = []) {
        self.title = title
        self.summary = summary
        self.models = models
        self.recipe = recipe
        self.digests = digests
    }

    /// The card in Markdown, with the fields that the hub reads before it.
    ///
    /// The hub only takes its own names as base models; paths are named in the text.
    public var text: String {
        let baseModels = models.filter(HubCache.isName)
        var lines = ["---"]
        if !baseModels.isEmpty {
            // A text of JSON is one of YAML, too.
            lines += ["base_model:"] + baseModels.map { "- \(JSONValue.string($0).text())" }
        }
        lines += [
            "library_name: transformers", "tags:", "- fusion-bench", "- merge", "---", "# \(onOneLine(title))", "",
        ]
        if !summary.isEmpty { lines += [summary, ""] }
        if !models.isEmpty { lines += ["## Models", ""] + models.map { "- \(code($0))" } + [""] }
        lines += ["## Recipe", "", "\(fence)yaml", String(recipe.trimmingLineEnds), fence]
        if !digests.isEmpty {
            lines += ["", "## Files of the models", ""]
            lines += digests.map { "- \(code($0.model)), \(code($0.file)): \(code($0.digest.description))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// More backticks than stand together in the recipe, so that nothing in it ends the block.
    private var fence: String { String(repeating: "`", count: max(3, recipe.longestRun(of: "`") + 1)) }

    private func code(_ text: String) -> String {
        let marks = String(repeating: "`", count: text.longestRun(of: "`") + 1)
        let blank = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
        return marks + blank + onOneLine(text) + blank + marks
    }

    private func onOneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}

extension String {
    fileprivate var trimmingLineEnds: Substring {
        var rest = self[...]
        while rest.last?.isNewline == true { rest.removeLast() }
        return rest
    }

    fileprivate func longestRun(of character: Character) -> Int {
        var run = 0
        var longest = 0
        for next in self {
            run = next == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
