public import Configuration

extension ZeroShotTask {
    /// The keys of a dataset's entry that describe a task, and are no arguments of the dataset.
    public static let configurationKeys: Set<String> = ["classnames", "templates"]

    /// Makes the task of a dataset in a configuration.
    ///
    /// ```yaml
    /// my-animals:
    ///   _target_: datasets.load_dataset
    ///   path: animals
    ///   classnames: [cat, dog]
    ///   templates: ["a photo of a {}.", "a drawing of a {}."]
    /// ```
    ///
    /// What the entry does not say is that of the task with this name; for names that no task has, `classnames` must be
    /// there, and `templates` are the standard ones.
    ///
    /// - Parameters:
    ///   - name: The key of the dataset.
    ///   - entry: What stands under this key.
    /// - Throws: `ZeroShotTaskError` if there is no such task, or the texts cannot be used; `ConfigurationError` if they are no
    ///   lists of strings.
    public init(name: String, entry: ConfigurationValue) throws {
        let classNames = try Self.texts(entry["classnames"])
        let templates = try Self.texts(entry["templates"])
        if classNames == nil, templates == nil {
            self = try .named(name)
            return
        }
        let known = Result { () throws(ZeroShotTaskError) in try Self.named(name) }
        try self.init(
            name: name, classNames: try classNames ?? known.get().classNames,
            templates: templates ?? (try? known.get().templates) ?? Self.standardTemplates)
    }

    private static func texts(_ value: ConfigurationValue?) throws(ConfigurationError) -> [String]? {
        guard let value, !value.isNull else { return nil }
        guard let texts = [String].decode(.value(value)) else {
            let problem = ConfigurationError.Problem.unexpectedType(
                key: value.path, expected: [String].expectedDescription, found: value.kindName)
            throw ConfigurationError(problem, at: value.origin)
        }
        return texts
    }
}
