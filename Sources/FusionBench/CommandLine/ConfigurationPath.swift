import Configuration
import Diagnostics
import OperatingSystem

/// `${config_path:NAME}`: where something lies that comes with the configurations, such as the embedded pool.
///
/// The configurations of a run may be in several places, and it may be started anywhere. So the name is looked for as the
/// configurations are: the first place that has it wins.
struct ConfigurationPath {
    /// The directories to look in, in order.
    let directories: [String]

    /// Looks in the directories that a command names, then where configurations are found when nobody names any.
    init(_ named: [String?]) {
        var directories: [String] = []
        let usual = [ConfigurationDirectory.find()] + ConfigurationDirectory.candidates
        for directory in (named + usual).compactMap(\.self).map(FileSystem.absolute)
        where !directories.contains(directory) { directories.append(directory) }
        self.directories = directories
    }

    /// The resolvers of configurations, and this one.
    var resolvers: ResolverRegistry {
        var resolvers = ResolverRegistry.standard
        resolvers.register("config_path") { request in
            try request.expectArguments(1...1)
            return request.result(.string(try path(of: request.string(0))))
        }
        return resolvers
    }

    /// The absolute path of a file or directory in one of the directories.
    ///
    /// - Throws: `ResolverFailure` with the directories if none has it.
    func path(of name: String) throws -> String {
        let paths = directories.map { FileSystem.join($0, name) }
        if let path = paths.first(where: FileSystem.exists) { return path }
        throw ResolverFailure(
            "no directory of configurations has \(name.quoted()). Looked in " + directories.joined(separator: ", "))
    }
}
