import Diagnostics
import OrderedCollections

extension ConfigurationNode {
    /// Merges another mapping into this one, in place.
    ///
    /// - A key keeps the place where it first appeared.
    /// - Mappings are merged key by key; lists are replaced; a scalar or null replaces a mapping and the reverse.
    /// - `???` does not replace anything.
    /// - A mapping merged over an interpolation that leads to a container first expands a copy of that container.
    ///
    /// The other tree's nodes are taken over, not copied: it must not be used afterwards.
    ///
    /// - Throws: `ConfigurationError` if a mapping meets a list, or a typed setting gets something it does not accept.
    func merge(_ other: ConfigurationNode, in context: ResolutionContext) throws {
        switch (content, other.content) {
        case (.mapping, .mapping(let entries)):
            for (key, source) in entries {
                try mergeEntry(key, source, in: context)
            }
        case (.sequence, .sequence(let items)):
            let checked = try items.map { try $0.validated(as: type.child(.integer(WholeNumber(0)))) }
            remember(self)
            content = .sequence(checked)
            origin = other.origin
            adoptChildren()
        default:
            throw ConfigurationError(.mergeOfMappingAndList(key: path), at: other.origin)
        }
    }

    private func mergeEntry(
        _ key: ConfigurationKey, _ source: ConfigurationNode, in context: ResolutionContext
    ) throws {
        if case .structure(let structure) = type, let name = key.string, structure.fields[name] == nil {
            throw ConfigurationError(
                .unknownSetting(
                    key: KeyPathText.join(path, name, inSequence: false), structure: structure.name,
                    nearest: NearestNames.of(name, among: structure.fields.keys.sorted())),
                at: source.keyOrigin ?? source.origin)
        }
        guard var target = entries?[key] else {
            set(key, try source.validated(as: type.child(key), path: path))
            return
        }
        if target.interpolation != nil,
            let container = try? target.dereferenced(in: context), container.isContainer
        {
            let copy = container.copy()
            set(key, copy)
            target = copy
        }
        if source.isMissing { return }
        if target.isContainer, source.isContainer {
            try target.merge(source, in: context)
        } else {
            set(key, try source.validated(as: type.child(key), path: path))
        }
    }

    /// This node as a type has it: scalars converted, children checked.
    ///
    /// - Throws: `ConfigurationError` that names the key, the type and what was found.
    func validated(as type: FieldType, path container: String? = nil) throws -> ConfigurationNode {
        if case .any = type { return self }
        let place = container.map { KeyPathText.join($0, key?.description ?? "", inSequence: false) } ?? path
        func mismatch() -> ConfigurationError {
            ConfigurationError(.unexpectedType(key: place, expected: type.name, found: kindName), at: origin)
        }
        self.type = type
        switch content {
        case .missing, .interpolation: break
        case .scalar(let scalar):
            guard let converted = type.converting(scalar) else {
                if case .null = scalar, type.isOptional { return self }
                throw mismatch()
            }
            content = .scalar(converted)
        case .sequence(let items):
            guard case .list(let element) = type else { throw mismatch() }
            content = .sequence(try items.map { try $0.validated(as: element) })
        case .mapping(let entries):
            switch type {
            case .dictionary(let element, _):
                for child in entries.values { _ = try child.validated(as: element) }
            case .structure(let structure):
                for (key, child) in entries {
                    guard let name = key.string, let field = structure.fields[name] else {
                        throw ConfigurationError(
                            .unknownSetting(
                                key: KeyPathText.join(place, key.description, inSequence: false),
                                structure: structure.name,
                                nearest: NearestNames.of(key.description, among: structure.fields.keys.sorted())),
                            at: child.keyOrigin ?? child.origin)
                    }
                    _ = try child.validated(as: field)
                }
            default: throw mismatch()
            }
        }
        return self
    }
}
