import OrderedCollections

/// Applies the overrides that change values to a composed configuration.
struct OverrideApplier {
    let root: ConfigurationNode
    let context: ResolutionContext

    /// - Throws: `ConfigurationError` that names the argument and, where a key is not there, the nearest ones.
    func apply(_ override: Override) throws {
        let origin = Origin(.commandLine(argument: override.argument))
        if override.package != nil {
            throw ConfigurationError(
                .overrideOfUnknownGroup(argument: override.argument, group: override.key), at: origin)
        }
        do {
            switch override.action {
            case .delete: try delete(override, origin)
            case .change: try set(override, origin, policy: .existingKeysOnly)
            case .forceAdd: try set(override, origin, policy: .mayAddKeys)
            case .add:
                if try exists(override.key), !(override.element?.isContainer ?? false) {
                    throw ConfigurationError(.keyExists(key: override.key, argument: override.argument))
                }
                try set(override, origin, policy: .mayAddKeys)
            }
        } catch let error as ConfigurationError {
            if case .keyNotInConfiguration(let key, _, let nearest) = error.problem {
                throw ConfigurationError(
                    .keyNotInConfiguration(key: key, argument: override.argument, nearest: nearest), at: origin)
            }
            throw error.located(at: origin)
        }
    }

    private func set(_ override: Override, _ origin: Origin, policy: KeyPolicy) throws {
        guard let element = override.element else { return }
        try root.update(override.key, with: try element.node(origin: origin), policy: policy, in: context)
    }

    private func exists(_ key: String) throws -> Bool {
        do {
            guard let node = try root.select(key, in: context) else { return false }
            return !node.isNull && !node.isMissing
        } catch let error as ConfigurationError {
            // The path leads through a scalar: there is nothing at its end.
            guard case .interpolationThroughScalar = error.problem else { throw error }
            return false
        }
    }

    private func delete(_ override: Override, _ origin: Origin) throws {
        guard let node = try root.select(override.key, in: context), !node.isNull, !node.isMissing else {
            throw ConfigurationError(
                .nothingToDelete(key: override.key, nearest: root.nearestPaths(to: override.key)))
        }
        if let expected = override.element {
            let value = try expected.node(origin: origin)
            if !value.isNull, !value.equals(node) {
                throw ConfigurationError(
                    .deletionValueDiffers(key: override.key, found: node.shortText, expected: value.shortText))
            }
        }
        try root.delete(override.key, in: context)
    }
}

extension OverrideElement {
    fileprivate var isContainer: Bool {
        switch self {
        case .list, .dictionary: true
        case .scalar, .quoted: false
        }
    }
}

extension ConfigurationNode {
    /// Whether two trees hold the same values.
    ///
    /// Numbers are compared by size, as Python does.
    func equals(_ other: ConfigurationNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let left), .scalar(let right)):
            if left == right { return true }
            return left.isNumber && right.isNumber && left.size == right.size
        case (.missing, .missing): return true
        case (.interpolation(let left), .interpolation(let right)): return left.text == right.text
        case (.sequence(let left), .sequence(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
        case (.mapping(let left), .mapping(let right)):
            return left.count == right.count
                && left.allSatisfy { key, value in right[key].map { value.equals($0) } ?? false }
        default: return false
        }
    }
}

extension Scalar {
    fileprivate var isNumber: Bool {
        switch self {
        case .boolean, .integer, .float: true
        case .null, .string: false
        }
    }

    fileprivate var size: Double {
        if case .boolean(let flag) = self { flag ? 1 : 0 } else { number }
    }
}
