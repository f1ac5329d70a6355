import Diagnostics
import OrderedCollections

/// Makes objects of configurations: `_target_` says what, the other keys are its arguments.
///
/// - `_recursive_` (true): whether targets inside the arguments are made first.
/// - `_partial_` (false): whether a `PartialTarget` is made instead of the object.
/// - `_args_`: positional arguments.
/// - `_convert_`: how Python passes containers; checked, and without effect here, where containers are values.
public struct Instantiator {
    private let registry: TargetRegistry

    /// An instantiator over the registered targets.
    public init(_ registry: TargetRegistry) {
        self.registry = registry
    }

    private static let specialKeys: Set<String> = ["_target_", "_recursive_", "_partial_", "_args_", "_convert_"]

    /// Makes the object of a configuration.
    ///
    /// - Parameters:
    ///   - value: A mapping with `_target_`, or one of an older form.
    ///   - legacy: The older form that is accepted in place of `_target_`.
    ///   - recursive: Whether targets inside the arguments are made where the value itself does not say.
    /// - Returns: The object, or a `PartialTarget`.
    /// - Throws: `ConfigurationError` that names the key, its place, and what is expected.
    public func instantiate(
        _ value: ConfigurationValue, legacy: TargetRegistry.LegacyKind? = nil, recursive: Bool = true
    ) throws -> Any {
        guard let (name, origin) = try targetName(of: value, legacy: legacy) else {
            throw ConfigurationError(
                .missingTarget(key: value.path.isEmpty ? "the configuration" : value.path), at: value.origin)
        }
        return try make(value, name: name, nameOrigin: origin, recursive: recursive, legacy: legacy)
    }

    /// The name of the target and where it stands; nil if the value names none.
    private func targetName(
        of value: ConfigurationValue, legacy: TargetRegistry.LegacyKind?
    ) throws -> (String, Origin)? {
        if let target = value["_target_"] {
            if case .missing = target.content {
                throw ConfigurationError(.missingValue(key: target.path), at: target.origin)
            }
            guard let name = target.string else {
                throw ConfigurationError(
                    .invalidInstantiationKey(key: target.path, expected: "a name", found: target.kindName),
                    at: target.origin)
            }
            return (name, target.origin)
        }
        guard let legacy, let entry = value[legacy.key] else { return nil }
        if case .missing = entry.content { throw ConfigurationError(.missingValue(key: entry.path), at: entry.origin) }
        guard let name = entry.string else { return nil }
        guard let target = registry.legacyTargets(legacy)[name] else {
            let known = registry.legacyTargets(legacy).keys.sorted()
            throw ConfigurationError(
                .unknownTarget(name: name, nearest: NearestNames.of(name, among: known), available: known),
                at: entry.origin)
        }
        return (target, entry.origin)
    }

    private func make(
        _ value: ConfigurationValue, name: String, nameOrigin: Origin, recursive: Bool,
        legacy: TargetRegistry.LegacyKind?
    ) throws -> Any {
        guard let target = registry.target(name) else {
            throw ConfigurationError(
                .unknownTarget(
                    name: name, nearest: NearestNames.of(name, among: registry.names), available: registry.names),
                at: nameOrigin)
        }
        try checkConversion(value)
        let recursive = try flag("_recursive_", of: value) ?? recursive
        let isPartial = try flag("_partial_", of: value) ?? false
        var arguments: [(name: String, argument: Argument)] = try positional(value, target, recursive)
        for (key, child) in value.entries ?? [:] {
            let key = key.description
            if Self.specialKeys.contains(key) || (value["_target_"] == nil && key == legacy?.key) { continue }
            if case .missing = child.content, isPartial { continue }
            arguments.removeAll { $0.name == key }
            arguments.append((key, try argument(child, recursive)))
        }
        if isPartial { return PartialTarget(target: target, arguments: arguments, origin: nameOrigin) }
        return try target.make(arguments, nameOrigin)
    }

    private func positional(
        _ value: ConfigurationValue, _ target: TargetRegistry.Target, _ recursive: Bool
    ) throws -> [(name: String, argument: Argument)] {
        guard let list = value["_args_"] else { return [] }
        guard let items = list.items else {
            throw ConfigurationError(
                .invalidInstantiationKey(key: list.path, expected: "a list", found: list.kindName), at: list.origin)
        }
        guard items.count <= target.parameterNames.count else {
            throw ConfigurationError(
                .tooManyPositionalArguments(
                    target: target.canonicalName, count: items.count, limit: target.parameterNames.count),
                at: list.origin)
        }
        return try zip(target.parameterNames, items).map { ($0, try argument($1, recursive)) }
    }

    private func flag(_ key: String, of value: ConfigurationValue) throws -> Bool? {
        guard let entry = value[key] else { return nil }
        guard case .boolean(let flag)? = entry.scalar else {
            throw ConfigurationError(
                .invalidInstantiationKey(key: entry.path, expected: "true or false", found: entry.kindName),
                at: entry.origin)
        }
        return flag
    }

    private func checkConversion(_ value: ConfigurationValue) throws {
        guard let entry = value["_convert_"] else { return }
        let modes = ["none", "partial", "object", "all"]
        guard let mode = entry.string, modes.contains(mode.lowercased()) else {
            throw ConfigurationError(
                .invalidInstantiationKey(
                    key: entry.path, expected: "one of " + modes.joined(separator: ", "), found: entry.kindName),
                at: entry.origin)
        }
    }

    /// A value as an argument, targets in it made if asked for.
    private func argument(_ value: ConfigurationValue, _ recursive: Bool) throws -> Argument {
        guard recursive else { return .value(value) }
        switch value.content {
        case .scalar, .missing: return .value(value)
        case .sequence(let items):
            let arguments = try items.map { try argument($0, recursive) }
            return arguments.allSatisfy(\.isPlain) ? .value(value) : .list(arguments, value)
        case .mapping(let entries):
            if let (name, origin) = try targetName(of: value, legacy: nil) {
                return .object(
                    try make(value, name: name, nameOrigin: origin, recursive: recursive, legacy: nil), value)
            }
            let arguments = try entries.mapValues { try argument($0, try flag("_recursive_", of: value) ?? recursive) }
            return arguments.values.allSatisfy(\.isPlain) ? .value(value) : .mapping(arguments, value)
        }
    }
}

extension Argument {
    fileprivate var isPlain: Bool {
        if case .value = self { true } else { false }
    }
}
