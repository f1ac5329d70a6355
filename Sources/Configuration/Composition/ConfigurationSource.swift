import OperatingSystem

/// A place of the search path in which configurations lie.
public struct ConfigurationSource: Sendable {
    /// Who put the place on the search path: `hydra`, `main`, `command-line`, ….
    public let provider: String
    /// Where it is.
    public let location: Location

    /// A kind of place.
    public enum Location: Sendable {
        /// A directory with `.yaml` files in it and below it.
        case directory(String)
        /// Hydra's own configurations, which come with the program.
        case builtIn
        /// A Python package (`pkg://…`): cannot be searched, and is reported as not available.
        case pythonPackage(String)
    }

    init(provider: String, location: Location) {
        self.provider = provider
        self.location = location
    }

    /// Reads a path as users write it in a search path: with or without `file://`.
    init(provider: String, path: String) {
        self.provider = provider
        if path.hasPrefix("pkg://") {
            location = .pythonPackage(String(path.dropFirst(6)))
        } else if path.hasPrefix("file://") {
            location = .directory(String(path.dropFirst(7)))
        } else {
            location = .directory(path)
        }
    }

    /// The path as Hydra names it in its settings.
    var path: String {
        switch location {
        case .directory(let path): path
        case .builtIn: "hydra.conf"
        case .pythonPackage(let name): name
        }
    }

    /// `file` or `pkg`.
    var scheme: String {
        if case .directory = location { "file" } else { "pkg" }
    }

    /// The place with its kind: `file:///home/me/config`.
    public var description: String { "\(scheme)://\(path)" }

    var isAvailable: Bool {
        switch location {
        case .directory(let path): FileSystem.isDirectory(path)
        case .builtIn: true
        case .pythonPackage: false
        }
    }

    private static func fileName(_ path: String) -> String { path.hasSuffix(".yaml") ? path : path + ".yaml" }

    /// Whether there is a configuration of this path, with or without its ending.
    func hasConfiguration(_ path: String) -> Bool {
        switch location {
        case .directory(let directory): FileSystem.isFile(FileSystem.join(directory, Self.fileName(path)))
        case .builtIn: HydraConfigurations.text(path) != nil
        case .pythonPackage: false
        }
    }

    /// Whether there is a config group of this path; the empty path is the place itself.
    func hasGroup(_ path: String) -> Bool {
        switch location {
        case .directory(let directory): FileSystem.isDirectory(FileSystem.join(directory, path))
        case .builtIn: HydraConfigurations.hasGroup(path)
        case .pythonPackage: false
        }
    }

    /// The options of a group: the names of its configurations, without their ending.
    func options(of group: String) -> [String] {
        switch location {
        case .directory(let directory):
            let path = FileSystem.join(directory, group)
            return FileSystem.names(in: path).compactMap { name in
                guard name.hasSuffix(".yaml"), FileSystem.isFile(FileSystem.join(path, name)) else { return nil }
                return String(name.dropLast(5))
            }
        case .builtIn: return HydraConfigurations.options(of: group)
        case .pythonPackage: return []
        }
    }

    /// The groups directly below a group.
    func subgroups(of group: String) -> [String] {
        switch location {
        case .directory(let directory):
            let path = FileSystem.join(directory, group)
            return FileSystem.names(in: path).filter {
                $0 != "__pycache__" && FileSystem.isDirectory(FileSystem.join(path, $0))
            }
        case .builtIn: return HydraConfigurations.subgroups(of: group)
        case .pythonPackage: return []
        }
    }

    /// The text of a configuration.
    ///
    /// - Throws: `ConfigurationError` if it cannot be read.
    func load(_ path: String) throws -> SourceText {
        switch location {
        case .directory(let directory):
            let file = FileSystem.join(directory, Self.fileName(path))
            do {
                return SourceText(name: FileSystem.display(file), bytes: try FileSystem.read(file))
            } catch {
                throw ConfigurationError(.unreadableFile(path: error.path, reason: error.reason))
            }
        case .builtIn, .pythonPackage:
            return SourceText(
                name: "(built in) \(path).yaml", bytes: Array((HydraConfigurations.text(path) ?? "").utf8))
        }
    }
}
