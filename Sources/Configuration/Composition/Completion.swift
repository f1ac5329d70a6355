import OperatingSystem
import OrderedCollections

/// What a word of the command line may become: config groups, their options, and the keys of the configuration.
public struct Completion {
    private let repository: ConfigurationRepository
    /// nil if the configuration cannot be composed as the line stands.
    private let composed: ComposedConfiguration?

    init(repository: ConfigurationRepository, composed: ComposedConfiguration?) {
        self.repository = repository
        self.composed = composed
    }

    /// The candidates for a word, each the whole word.
    public func candidates(for word: String) -> [String] {
        var prefix = ""
        var rest = word
        while let first = rest.first, first == "+" || first == "~" {
            prefix.append(first)
            rest.removeFirst()
        }
        if let equals = rest.firstIndex(of: "=") {
            let key = String(rest[..<equals])
            let value = String(rest[rest.index(after: equals)...])
            return values(key: key, startingWith: value).map { "\(prefix)\(key)=\($0)" }
        }
        let groups = groups(startingWith: rest, isDeletion: prefix.hasPrefix("~"))
        return groups.map { prefix + $0 } + keys(startingWith: rest).map { prefix + $0 }
    }

    /// Groups below the one that the word names so far: with `=` where options are to follow, with `/` where groups are.
    private func groups(startingWith word: String, isDeletion: Bool) -> [String] {
        let parent = FileSystem.directoryName(word)
        return repository.subgroups(of: parent).compactMap { name in
            let group = parent.isEmpty ? name : parent + "/" + name
            guard group.hasPrefix(word) else { return nil }
            let hasOptions = !repository.options(of: group).isEmpty
            let hasGroups = !repository.subgroups(of: group).isEmpty
            if hasOptions, !isDeletion { return group + "=" }
            return hasGroups && !hasOptions ? group + "/" : group
        }
    }

    private func values(key: String, startingWith value: String) -> [String] {
        let group = key.split(separator: "@").first.map(String.init) ?? key
        if repository.hasGroup(group) {
            return repository.optionPaths(of: group).filter { $0.hasPrefix(value) }
        }
        guard let composed, value.isEmpty, let node = try? composed.find(key).node, !node.isContainer else { return [] }
        return [node.shortText]
    }

    /// The keys of the configuration that a path so far may become, `=` after values and `.` after containers.
    public func keys(startingWith word: String) -> [String] {
        guard let composed else { return [] }
        var parent = ""
        var start = word
        if let dot = word.lastIndex(of: ".") {
            parent = String(word[..<dot])
            start = String(word[word.index(after: dot)...])
        }
        guard let container = try? composed.find(parent).node.dereferenced(in: composed.context) else { return [] }
        let names: [(String, ConfigurationNode)]
        switch container.content {
        case .mapping(let entries): names = entries.map { ($0.key.description, $0.value) }
        case .sequence(let items): names = items.enumerated().map { (String($0), $1) }
        case .scalar, .missing, .interpolation: return []
        }
        return names.filter { $0.0.hasPrefix(start) }.map { name, node in
            KeyPathText.join(parent, name, inSequence: false) + (node.isContainer ? "." : "=")
        }
    }
}
