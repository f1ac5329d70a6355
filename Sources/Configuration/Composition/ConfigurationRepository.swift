/// Finds and reads configurations over a search path.
///
/// The first place that has a configuration wins.
final class ConfigurationRepository {
    private(set) var sources: [ConfigurationSource]
    private var cache: [String: LoadedConfiguration?] = [:]
    private var groups: [String: Bool] = [:]

    init(sources: [ConfigurationSource]) {
        self.sources = sources
    }

    /// Adds places at the end.
    ///
    /// What was read before stays.
    func append(_ more: [ConfigurationSource]) {
        sources += more
        groups = [:]
        for (path, loaded) in cache where loaded == nil { cache[path] = nil }
    }

    /// The configuration of a path; nil if no place has it.
    ///
    /// - Throws: `ConfigurationError` if it cannot be read.
    func load(_ path: String) throws -> LoadedConfiguration? {
        if let cached = cache[path] { return cached }
        guard let source = sources.first(where: { $0.hasConfiguration(path) }) else {
            cache[path] = .some(nil)
            return nil
        }
        let loaded = try LoadedConfiguration(source.load(path))
        cache[path] = loaded
        return loaded
    }

    func hasConfiguration(_ path: String) -> Bool {
        if let cached = cache[path] { return cached != nil }
        return sources.contains { $0.hasConfiguration(path) }
    }

    func hasGroup(_ path: String) -> Bool {
        if let known = groups[path] { return known }
        let isGroup = sources.contains { $0.hasGroup(path) }
        groups[path] = isGroup
        return isGroup
    }

    /// The options of a group over all places, sorted.
    func options(of group: String) -> [String] {
        Set(sources.filter { $0.hasGroup(group) }.flatMap { $0.options(of: group) }).sorted()
    }

    /// The groups directly below a group over all places, sorted.
    func subgroups(of group: String) -> [String] {
        Set(sources.filter { $0.hasGroup(group) }.flatMap { $0.subgroups(of: group) }).sorted()
    }

    /// All groups below a group that have options, in depth-first order.
    func groupsWithOptions(below parent: String = "") -> [String] {
        subgroups(of: parent).flatMap { name in
            let group = parent.isEmpty ? name : parent + "/" + name
            return (options(of: group).isEmpty ? [] : [group]) + groupsWithOptions(below: group)
        }
    }

    /// The options of a group and of all groups below it, as paths relative to the group: what a user may have meant.
    func optionPaths(of group: String) -> [String] {
        options(of: group)
            + subgroups(of: group).flatMap { name in
                optionPaths(of: group.isEmpty ? name : group + "/" + name).map { name + "/" + $0 }
            }
    }
}
