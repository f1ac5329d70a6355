import Diagnostics
import OrderedCollections

/// One configuration to merge, in the order of merging.
struct ConfigurationToMerge {
    let path: String
    let package: String
    let isSelf: Bool
    let isPrimary: Bool
    /// The configuration whose defaults list names it.
    let parent: String?
    /// The slot it fills, if it is an option of a group.
    let overrideKey: String?
    let origin: Origin
}

/// Builds the tree of defaults lists from the primary configuration down.
///
/// Items are visited from the last to the first: what an outer configuration overrides must be known before inner ones
/// are read. Options with interpolations come after all others of their list.
struct DefaultsTreeBuilder {
    private let repository: ConfigurationRepository
    private(set) var overrides: GroupOverrides
    /// Open choices (`group: ???`) are left out instead of being an error: a sweep may fill them.
    private let skipsMissing: Bool
    private let context: ResolutionContext
    private var depth = 0

    /// A chain of inclusions longer than this has no end.
    private static let depthLimit = 64

    init(
        repository: ConfigurationRepository, overrides: [Override], skipsMissing: Bool,
        context: ResolutionContext
    ) throws {
        self.repository = repository
        self.overrides = try GroupOverrides(overrides, repository: repository)
        self.skipsMissing = skipsMissing
        self.context = context
    }

    /// Builds the tree.
    ///
    /// - Parameter primary: The name of the primary configuration.
    /// - Returns: A root without content; its children are Hydra's own configuration and the primary one.
    /// - Throws: `ConfigurationError` with the place of the item at fault.
    mutating func build(primary: String) throws -> DefaultsNode {
        let origin = Origin(.runtime)
        let root = DefaultsNode(DefaultsItem(kind: .config(path: "<root>"), origin: origin), parent: nil)
        let hydra = DefaultsNode(
            DefaultsItem(kind: .config(path: "hydra/config"), origin: Origin(.builtIn("hydra/config"))), parent: root)
        let main = DefaultsNode(
            DefaultsItem(kind: .config(path: primary), origin: origin), parent: root, isPrimary: true)
        root.children = [hydra, main]
        for node in [main, hydra] {
            node.include(inGroup: "", package: "")
            try expand(node, isInInterpolated: false)
        }
        try overrides.checkAllUsed()
        return root
    }

    /// Reads the configuration of a node and builds what is below it.
    private mutating func expand(_ node: DefaultsNode, isInInterpolated: Bool) throws {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.depthLimit {
            throw ConfigurationError(.nestedTooDeeply(limit: Self.depthLimit), at: node.item.origin)
        }
        if node.isPrimary, !repository.hasConfiguration(node.configPath) { throw notFound(node) }
        if !node.isMissing, node.name != nil {
            node.packageHeader = try repository.load(node.configPath)?.packageHeader
        }
        if overrides.deletes(node) {
            node.isDeleted = true
            return
        }
        try overrides.setKnown(node)
        if node.name == nil { return }
        if node.configPath.hasSuffix("???") {
            if skipsMissing { return }
            throw ConfigurationError(
                .groupMissing(key: node.overrideKey, available: repository.options(of: node.group)),
                at: node.item.origin)
        }
        guard let loaded = try repository.load(node.configPath) else {
            if node.item.isOptional {
                node.isDeleted = true
                return
            }
            throw notFound(node)
        }

        var items = loaded.defaults ?? []
        if !items.isEmpty || (node.isPrimary && !overrides.appended.isEmpty) {
            try completeSelf(&items, of: node, hasContent: loaded.hasContent)
        }
        if node.isPrimary { items += overrides.appended }
        for item in items {
            if let word = item.unknownKeyword {
                context.warn("\(item.origin): '\(word)' is ignored here; the keywords are 'optional' and 'override'.")
            }
        }
        let children = items.map { DefaultsNode($0, parent: node) }
        try noteOverrides(children, in: node, isInInterpolated: isInInterpolated)
        try expandChildren(children, of: node, isInInterpolated: isInInterpolated)
    }

    /// Checks that `_self_` stands once at most, and adds it at the end where it is missing.
    private func completeSelf(_ items: inout [DefaultsItem], of node: DefaultsNode, hasContent: Bool) throws {
        let selves = items.filter(\.isSelf)
        if selves.count > 1 { throw ConfigurationError(.duplicateSelf, at: selves[1].origin) }
        let hasOthers = items.contains { !$0.isOverride }
        guard (selves.isEmpty && hasOthers) || items.isEmpty else { return }
        if node.isPrimary, hasContent, hasOthers {
            context.warn(
                "In '\(node.configPath)': the defaults list has no `_self_`, so the file's own values come last. "
                    + "Write `_self_` where they belong.")
        }
        items.append(DefaultsItem(kind: .config(path: "_self_"), origin: items.last?.origin ?? node.item.origin))
    }

    private mutating func noteOverrides(
        _ children: [DefaultsNode], in node: DefaultsNode, isInInterpolated: Bool
    ) throws {
        var lastOverride: DefaultsNode?
        for child in children where !child.isSelf {
            child.include(inGroup: node.group, package: node.package)
            if let lastOverride, !child.item.isOverride, !child.item.isAppended {
                throw ConfigurationError(
                    .overrideBeforeOthers(override: lastOverride.overrideKey, other: child.overrideKeyOrPath),
                    at: lastOverride.item.origin)
            }
            guard child.item.isOverride else { continue }
            lastOverride = child
            if isInInterpolated {
                throw ConfigurationError(
                    .overrideInInterpolatedSubtree(key: child.overrideKey), at: child.item.origin,
                    context: node.configPath)
            }
            overrides.note(child, in: node.configPath)
        }
    }

    private mutating func expandChildren(
        _ children: [DefaultsNode], of node: DefaultsNode, isInInterpolated: Bool
    ) throws {
        var expanded: [DefaultsNode] = []
        for child in children.reversed() {
            if child.isSelf {
                expanded.append(child)
                continue
            }
            if child.item.isOverride { continue }
            overrides.apply(to: child)
            if case .group(let group, .options(let names)) = child.item.kind {
                for name in names.reversed() {
                    if Interpolation.isInterpolation(name) {
                        throw ConfigurationError(.interpolationInOptionList(name), at: child.item.origin)
                    }
                    let option = DefaultsNode(
                        DefaultsItem(
                            kind: .config(path: group + "/" + name), package: child.item.package,
                            isOptional: child.item.isOptional, origin: child.item.origin),
                        parent: node)
                    option.include(inGroup: node.group, package: node.package)
                    try expand(option, isInInterpolated: isInInterpolated)
                    expanded.append(option)
                }
            } else {
                if child.interpolation == nil { try expand(child, isInInterpolated: isInInterpolated) }
                expanded.append(child)
            }
        }
        for child in expanded {
            guard let text = child.interpolation else { continue }
            let value = try resolve(text, at: child.item.origin)
            switch child.item.kind {
            case .config: child.item.kind = .config(path: value)
            case .group(let name, _): child.item.kind = .group(name: name, value: .option(value))
            }
            try expand(child, isInInterpolated: true)
        }
        node.children = expanded.reversed()
    }

    /// An option's name with interpolations: they lead to what was chosen for other slots.
    private func resolve(_ text: String, at origin: Origin) throws -> String {
        let choices = ConfigurationNode.emptyMapping(origin: origin)
        for (key, choice) in overrides.known {
            let value: ConfigurationNode =
                if case .option(let name) = choice {
                    try ConfigurationNode(text: name, origin: origin)
                } else {
                    ConfigurationNode(.scalar(.null), origin: origin)
                }
            choices.set(.string(key), value)
        }
        let node = try ConfigurationNode(text: text, origin: origin)
        choices.set("", node)
        do {
            let resolved = try node.dereferenced(in: context)
            if let name = resolved.string { return name }
            throw ConfigurationError(.defaultsItem("'\(text)' gives \(resolved.kindName), not a name"), at: origin)
        } catch let error as ConfigurationError {
            guard case .interpolationKeyNotFound(let key, let text, let nearest) = error.problem else { throw error }
            let near = nearest.isEmpty ? overrides.known.keys.sorted() : nearest
            throw ConfigurationError(.interpolationKeyNotFound(key: key, text: text, nearest: near), at: origin)
        }
    }

    private func notFound(_ node: DefaultsNode) -> ConfigurationError {
        let searchPath = repository.sources.map { "\($0.description) (\($0.provider))" }
        if node.isPrimary {
            return ConfigurationError(
                .primaryNotFound(
                    name: node.configPath, searchPath: searchPath,
                    nearest: NearestNames.of(node.configPath, among: repository.optionPaths(of: ""))))
        }
        let parent = node.parent.map(\.configPath)
        switch node.item.kind {
        case .group:
            let option = node.name ?? ""
            return ConfigurationError(
                .optionNotFound(
                    group: node.group, option: option, available: repository.options(of: node.group),
                    nearest: NearestNames.of(option, among: repository.optionPaths(of: node.group)), parent: parent),
                at: node.item.origin)
        case .config:
            let siblings = repository.optionPaths(of: node.group)
            return ConfigurationError(
                .configNotFound(
                    path: node.configPath, nearest: NearestNames.of(node.name ?? "", among: siblings),
                    searchPath: searchPath, parent: parent),
                at: node.item.origin)
        }
    }
}

extension DefaultsNode {
    fileprivate var overrideKeyOrPath: String {
        if case .group = item.kind { overrideKey } else { configPath }
    }

    /// The configurations of the tree in the order of merging.
    ///
    /// - Throws: `ConfigurationError` if a slot is filled twice.
    func configurationsToMerge() throws -> [ConfigurationToMerge] {
        var list: [ConfigurationToMerge] = []
        collect(into: &list)
        var keys: Set<String> = []
        for case (let key?, let entry) in list.map({ ($0.overrideKey, $0) }) where !keys.insert(key).inserted {
            throw ConfigurationError(.appearsTwice(key: key), at: entry.origin)
        }
        return list
    }

    private func collect(into list: inout [ConfigurationToMerge]) {
        for child in children { child.collect(into: &list) }
        guard children.isEmpty, !isDeleted, !isMissing, name != nil else { return }
        if isSelf, let parent {
            list.append(
                ConfigurationToMerge(
                    path: parent.configPath, package: parent.package, isSelf: true, isPrimary: parent.isPrimary,
                    parent: parent.parent?.pathUnlessRoot, overrideKey: nil, origin: parent.item.origin))
        } else {
            var key: String?
            if case .group = item.kind { key = overrideKey }
            list.append(
                ConfigurationToMerge(
                    path: configPath, package: package, isSelf: false, isPrimary: isPrimary,
                    parent: parent?.pathUnlessRoot, overrideKey: key, origin: item.origin))
        }
    }

    private var pathUnlessRoot: String? { parent == nil ? "<root>" : configPath }
}
