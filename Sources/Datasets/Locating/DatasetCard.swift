import Configuration
import OperatingSystem
import OrderedCollections

/// What a data set's card says for programs: the YAML between two lines `---` at the beginning of `README.md`.
///
/// See <https://huggingface.co/docs/hub/datasets-manual-configuration>.
struct DatasetCard: Sendable {
    /// A named choice of files.
    struct Configuration: Sendable {
        /// Nil if the names of the files tell the splits.
        var dataFiles: DataFiles?
        /// The folder that the files are relative to.
        var dataDirectory: String?
        var isDefault = false
        /// What is known of the columns.
        var features: OrderedDictionary<String, Feature> = [:]
    }

    /// By name, in the card's order.
    private(set) var configurations: OrderedDictionary<String, Configuration> = [:]
    /// What is known of the columns of each configuration.
    private(set) var features: OrderedDictionary<String, OrderedDictionary<String, Feature>> = [:]

    static let name = "README.md"

    /// The card in a folder; an empty one if there is none.
    ///
    /// What it does not say of columns is looked for in `dataset_infos.json`.
    ///
    /// - Throws: `LoadDatasetError.card` if one of them cannot be read, or does not say what it should.
    init(in directory: String) throws(LoadDatasetError) {
        let path = FileSystem.join(directory, Self.name)
        var bytes: [UInt8] = []
        if FileSystem.isFile(path) {
            do throws(FileSystemError) { bytes = try FileSystem.read(path) } catch {
                throw .card(path: path, problem: error.reason)
            }
        }
        try self.init(parsing: String(decoding: bytes, as: UTF8.self), path: path)
        features = try DatasetInfosFile.features(in: directory).merging(features) { $1 }
    }

    /// Reads the text of a card.
    ///
    /// - Throws: `LoadDatasetError.card` if it does not say what a card should.
    init(parsing text: String, path: String) throws(LoadDatasetError) {
        guard let yaml = Self.frontMatter(of: text) else { return }
        let value: ConfigurationValue?
        do { value = try ConfigurationValue.plain(yaml: yaml, name: path) } catch {
            throw .card(path: path, problem: "\(error)")
        }
        guard let value, value.entries != nil else { return }
        if let list = value["configs"], !list.isNull {
            try readConfigurations(list, path)
        }
        if let info = value["dataset_info"] {
            for item in info.items ?? [info] {
                let columns = item["features"].map { CardFeatures.parse($0) } ?? [:]
                features[item["config_name"]?.string ?? "default"] = columns
            }
        }
    }

    /// What stands between the first line `---` and the next one.
    private static func frontMatter(of text: String) -> String? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.first == "---", let end = lines.dropFirst().firstIndex(of: "---") else { return nil }
        return lines[1..<end].joined(separator: "\n") + "\n"
    }

    private mutating func readConfigurations(_ list: ConfigurationValue, _ path: String) throws(LoadDatasetError) {
        func failure(_ value: ConfigurationValue, _ problem: String) -> LoadDatasetError {
            .card(path: path, problem: "line \(value.origin.line + 1): \(problem)")
        }
        guard let items = list.items else { throw failure(list, "configs must be a list, not \(list.kindName)") }
        for item in items {
            guard let name = item["config_name"]?.string else {
                throw failure(item, "a configuration must have a config_name")
            }
            var configuration = Configuration()
            if let files = item["data_files"], !files.isNull {
                guard let dataFiles = Self.dataFiles(files) else {
                    throw failure(
                        files,
                        "data_files must be a path, a list of paths, or a list of items with a split and a path")
                }
                configuration.dataFiles = dataFiles
            }
            configuration.dataDirectory = item["data_dir"]?.string
            configuration.isDefault = item["default"]?.scalar == .boolean(true)
            configuration.features = item["features"].map { CardFeatures.parse($0) } ?? [:]
            configurations[name] = configuration
        }
    }

    /// Patterns in any of the forms that cards have; nil if they have another form.
    private static func dataFiles(_ value: ConfigurationValue) -> DataFiles? {
        if let path = value.string { return DataFiles([path]) }
        guard let items = value.items else { return nil }
        let paths = items.compactMap(\.string)
        if paths.count == items.count { return DataFiles(paths) }
        var patterns: OrderedDictionary<String, [String]> = [:]
        for item in items {
            guard let split = item["split"]?.string, SplitName.isValid(split), let path = item["path"],
                let paths = path.string.map({ [$0] }) ?? path.items?.compactMap(\.string), patterns[split] == nil
            else { return nil }
            patterns[split] = paths
        }
        return DataFiles(patterns: patterns)
    }

    /// The configuration that is meant when none is named; nil if that is not clear.
    ///
    /// - Throws: `LoadDatasetError.card` if several say that they are.
    func defaultName(path: String) throws(LoadDatasetError) -> String? {
        let names = configurations.filter { name, configuration in
            configurations.count == 1 || name == "default" || configuration.isDefault
        }.keys
        guard names.count <= 1 else {
            throw .card(
                path: path, problem: "several configurations are the default: \(names.joined(separator: ", "))")
        }
        return names.first
    }
}

/// The columns as cards describe them.
enum CardFeatures {
    /// The columns of a list; those that hold something that is not known here are left out.
    static func parse(_ value: ConfigurationValue) -> OrderedDictionary<String, Feature> {
        columns(value).compactMapValues(\.self)
    }

    private static func columns(_ value: ConfigurationValue) -> OrderedDictionary<String, Feature?> {
        var columns: OrderedDictionary<String, Feature?> = [:]
        for item in value.items ?? [] {
            if let name = item["name"]?.scalar?.pythonString { columns[name] = .some(feature(item)) }
        }
        return columns
    }

    /// What an item with a type says; types stand as keys beside the name.
    private static func feature(_ item: ConfigurationValue) -> Feature? {
        if let labels = item["class_label"] { return classLabel(labels) }
        if let element = item["list"] ?? item["large_list"] { return self.element(element).map { .list($0) } }
        if let element = item["sequence"] {
            // A list of structures is stored as a structure of lists.
            if element.items != nil { return structure(element, of: { .list($0) }) }
            return self.element(element).map { .list($0) }
        }
        if let parts = item["struct"] { return structure(parts, of: { $0 }) }
        guard let type = item["dtype"] else { return item["image"] == nil ? nil : .image }
        if let name = type.string { return name == "image" ? .image : .value(type: name) }
        return type.items == nil ? feature(type) : structure(type, of: { $0 })
    }

    private static func element(_ value: ConfigurationValue) -> Feature? {
        if let type = value.string { return type == "image" ? .image : .value(type: type) }
        return value.items == nil ? feature(value) : structure(value, of: { $0 })
    }

    private static func structure(_ value: ConfigurationValue, of change: (Feature) -> Feature) -> Feature? {
        let columns = columns(value)
        let known = columns.compactMapValues(\.self)
        return known.count == columns.count ? .structure(known.mapValues(change)) : nil
    }

    private static func classLabel(_ value: ConfigurationValue) -> Feature? {
        guard let names = value["names"] else { return nil }
        if let items = names.items { return .classLabel(names: items.compactMap { $0.scalar?.pythonString }) }
        // The numbers of the classes as keys, in any order.
        var byNumber: [Int: String] = [:]
        for (key, name) in names.entries ?? [:] {
            guard let number = Int(key.scalar.pythonString), let name = name.scalar?.pythonString else { return nil }
            byNumber[number] = name
        }
        let ordered = (0..<byNumber.count).compactMap { byNumber[$0] }
        return ordered.count == byNumber.count ? .classLabel(names: ordered) : nil
    }
}
