import OrderedCollections

/// What the command line and `override` items say about config groups, collected while the tree is built.
struct GroupOverrides {
    private struct Choice {
        var value: DefaultsItem.Choice
        /// The configuration with the `override` item; nil for the command line.
        var container: String?
        var isUsed = false
        let origin: Origin
    }

    private struct Deletion {
        let option: String?
        var isUsed = false
        let origin: Origin
    }

    private var choices: OrderedDictionary<String, Choice> = [:]
    private var deletions: OrderedDictionary<String, Deletion> = [:]
    /// `+group=option`: items for the end of the primary configuration's list.
    private(set) var appended: [DefaultsItem] = []
    /// The overrides that are about values, not groups.
    private(set) var valueOverrides: [Override] = []
    /// What was chosen for each slot, in the order in which the slots were met.
    private(set) var known: OrderedDictionary<String, DefaultsItem.Choice> = [:]
    private var knownByGroup: [String: Set<String>] = [:]

    init(_ overrides: [Override], repository: ConfigurationRepository) throws {
        for override in overrides where !override.isSweep {
            let origin = Origin(.commandLine(argument: override.argument))
            var isDictionary = false
            if case .dictionary = override.element { isDictionary = true }
            guard !isDictionary, repository.hasGroup(override.key) else {
                valueOverrides.append(override)
                continue
            }
            switch override.action {
            case .forceAdd:
                throw ConfigurationError(.forceAddOfGroup(argument: override.argument), at: origin)
            case .delete:
                if let element = override.element, element.string == nil, !element.isNullScalar {
                    throw ConfigurationError(
                        .groupValueNotName(argument: override.argument, found: element.kindName), at: origin)
                }
                deletions[override.keyWithPackage] = Deletion(option: override.element?.string, origin: origin)
            case .add:
                appended.append(
                    DefaultsItem(
                        kind: .group(name: override.key, value: try Self.choice(override, origin)),
                        package: override.package, isAppended: true, origin: origin))
            case .change:
                choices[override.keyWithPackage] = Choice(value: try Self.choice(override, origin), origin: origin)
            }
        }
    }

    private static func choice(_ override: Override, _ origin: Origin) throws -> DefaultsItem.Choice {
        switch override.element {
        case .list(let items):
            return .options(
                try items.map { item in
                    guard let name = item.string else {
                        throw ConfigurationError(
                            .groupValueNotName(argument: override.argument, found: item.kindName), at: origin)
                    }
                    return name
                })
        case let element?:
            if let name = element.string { return .option(name) }
            throw ConfigurationError(
                .groupValueNotName(argument: override.argument, found: element.kindName), at: origin)
        case nil:
            throw ConfigurationError(.groupValueNotName(argument: override.argument, found: "nothing"), at: origin)
        }
    }

    /// Notes an `override` item of a file.
    ///
    /// Earlier ones count more: the command line first, then outer files.
    mutating func note(_ node: DefaultsNode, in container: String) {
        guard case .group(_, let value) = node.item.kind, choices[node.overrideKey] == nil else { return }
        choices[node.overrideKey] = Choice(value: value, container: container, origin: node.item.origin)
    }

    /// Puts the overriding choice into an item, if there is one.
    mutating func apply(to node: DefaultsNode) {
        guard case .group(let name, _) = node.item.kind, let choice = choices[node.overrideKey] else { return }
        node.item.kind = .group(name: name, value: choice.value)
        choices[node.overrideKey]?.isUsed = true
        if choice.container == nil { node.item = node.item.located(at: choice.origin) }
    }

    /// Whether `~group` takes this item out; if so the deletion counts as used.
    mutating func deletes(_ node: DefaultsNode) -> Bool {
        guard case .group = node.item.kind, let deletion = deletions[node.overrideKey] else { return false }
        guard deletion.option == nil || deletion.option == node.name else { return false }
        deletions[node.overrideKey]?.isUsed = true
        return true
    }

    /// Notes what was chosen for a slot.
    ///
    /// - Throws: `ConfigurationError` if something else was chosen for it before.
    mutating func setKnown(_ node: DefaultsNode) throws {
        guard case .group = node.item.kind else { return }
        let key = node.overrideKey
        let value: DefaultsItem.Choice = node.name.map { .option($0) } ?? .none
        if let before = known[key], before != value {
            throw ConfigurationError(.severalValues(key: key, first: before.text), at: node.item.origin)
        }
        known[key] = value
        knownByGroup[node.group, default: []].insert(key)
    }

    /// - Throws: `ConfigurationError` if a choice or deletion matched no slot.
    func checkAllUsed() throws {
        for (key, choice) in choices where !choice.isUsed {
            let group = key.split(separator: "@").first.map(String.init) ?? key
            throw ConfigurationError(
                .overrideMatchesNothing(
                    key: key, value: choice.value.text, alternatives: (knownByGroup[group] ?? []).sorted(),
                    isExternal: choice.container == nil),
                at: choice.origin, context: choice.container)
        }
        for (key, deletion) in deletions where !deletion.isUsed {
            throw ConfigurationError(
                .deletionMatchesNothing(key: deletion.option.map { "\(key)=\($0)" } ?? key), at: deletion.origin)
        }
    }
}

extension OverrideElement {
    fileprivate var isNullScalar: Bool {
        if case .scalar(.null) = self { true } else { false }
    }
}

extension DefaultsItem {
    fileprivate func located(at origin: Origin) -> DefaultsItem {
        var item = DefaultsItem(
            kind: kind, package: package, isOptional: isOptional, isAppended: isAppended, origin: origin)
        item.isOverride = isOverride
        return item
    }
}
