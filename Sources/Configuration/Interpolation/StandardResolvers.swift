import OperatingSystem
import OrderedCollections

extension ResolverRegistry {
    /// OmegaConf's resolvers (`oc.*`) and Hydra's (`hydra`, `now`).
    public static var standard: ResolverRegistry {
        var registry = ResolverRegistry()
        registry.register("oc.env", environmentVariable)
        registry.register("oc.select", select)
        registry.register("oc.decode", decode)
        registry.register("oc.create", create)
        registry.register("oc.deprecated", deprecated)
        registry.register("oc.dict.keys", dictionaryKeys)
        registry.register("oc.dict.values", dictionaryValues)
        registry.register("now", now)
        registry.register("hydra", hydra)
        return registry
    }

    /// `${oc.env:NAME,default}`: always a string; a default is converted to one, except null.
    private static func environmentVariable(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...2)
        let name = try request.string(0)
        if let value = request.context.environment[name] { return request.result(.string(value)) }
        guard request.arguments.count > 1 else {
            throw ResolverFailure("environment variable '\(name)' is not set and no default is given")
        }
        let fallback = request.arguments[1]
        return request.result(fallback.isNull ? .null : .string(fallback.pythonString))
    }

    /// `${oc.select:path,default}`: the default where there is nothing or `???`, but not for null.
    private static func select(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...2)
        let path = try request.string(0)
        let found = try selected(path, request)
        if let found, !found.isMissing { return found }
        return request.arguments.count > 1 ? request.arguments[1] : request.result(.null)
    }

    /// The node at a path from the root, or relative to the container of the interpolation; nil where a path leads
    /// through a scalar.
    private static func selected(_ path: String, _ request: ResolverRequest) throws -> ConfigurationNode? {
        do {
            return try request.container.select(path, in: request.context, fromRoot: true)
        } catch let error as ConfigurationError {
            guard case .interpolationThroughScalar = error.problem else { throw error }
            return nil
        }
    }

    /// `${oc.decode:text}`: reads a text as an argument of a resolver is read.
    private static func decode(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...1)
        if request.arguments[0].isNull { return request.result(.null) }
        let text = try request.string(0)
        let element: Interpolation.Element
        do throws(InterpolationSyntaxError) {
            var parser = InterpolationParser(text)
            element = try parser.parseSingleElement()
        } catch {
            throw ResolverFailure("'\(text)' cannot be read: \(error.problem) (at character \(error.offset + 1))")
        }
        return try request.evaluator.evaluate(element)
    }

    /// `${oc.create:value}`: a list or mapping, or one given as YAML, as a part of the configuration.
    private static func create(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...1)
        let argument = request.arguments[0]
        let node: ConfigurationNode
        switch argument.content {
        case .scalar(.null): return request.result(.null)
        case .scalar(.string(let text)):
            node = try LoadedConfiguration.container(SourceText(name: "oc.create", bytes: Array(text.utf8)))
        case .mapping, .sequence:
            node = try argument.copy(in: request.context)
            try node.readInterpolations()
        case .scalar, .missing, .interpolation:
            throw ResolverFailure("it makes lists and mappings, not \(argument.kindName)")
        }
        node.parent = request.container
        return node
    }

    /// `${oc.deprecated:new.key,message}`: the value of another key, with a warning.
    private static func deprecated(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...2)
        let path = try request.string(0)
        guard let target = try selected(path, request) else {
            throw ResolverFailure("key '\(path)' is not in the configuration")
        }
        let message =
            request.arguments.count > 1
            ? try request.string(1)
            : "'$OLD_KEY' is deprecated. Use '$NEW_KEY' in code and configurations instead"
        let oldKey = request.evaluator.node.path
        request.context.warn(
            message.replacing("$OLD_KEY", with: oldKey).replacing("${OLD_KEY}", with: oldKey)
                .replacing("$NEW_KEY", with: target.path).replacing("${NEW_KEY}", with: target.path))
        return target
    }

    /// `${oc.dict.keys:path}`.
    private static func dictionaryKeys(_ request: ResolverRequest) throws -> ConfigurationNode {
        let (_, entries) = try dictionary(request)
        let node = ConfigurationNode(
            .sequence(
                entries.keys.map { ConfigurationNode(.scalar($0.scalar), origin: request.evaluator.node.origin) }),
            origin: request.evaluator.node.origin)
        node.parent = request.container
        return node
    }

    /// `${oc.dict.values:path}`: references to the values, not copies.
    private static func dictionaryValues(_ request: ResolverRequest) throws -> ConfigurationNode {
        let (path, entries) = try dictionary(request)
        let origin = request.evaluator.node.origin
        // The list is one level further down than the interpolation.
        let base = path.hasPrefix(".") ? "." + path : path
        let items = try entries.keys.map {
            try ConfigurationNode(text: "${\(base).\($0)}", origin: origin)
        }
        let node = ConfigurationNode(.sequence(items), origin: origin)
        node.parent = request.container
        return node
    }

    private static func dictionary(
        _ request: ResolverRequest
    ) throws -> (path: String, entries: OrderedDictionary<ConfigurationKey, ConfigurationNode>) {
        try request.expectArguments(1...1)
        let path = try request.string(0)
        guard let node = try selected(path, request) else {
            throw ResolverFailure("key '\(path)' is not in the configuration")
        }
        guard let entries = node.entries else {
            throw ResolverFailure("'\(path)' must be a mapping, not \(node.kindName)")
        }
        return (path, entries)
    }

    /// `${now:%Y-%m-%d}`: the local time at the first use of the pattern.
    private static func now(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...1)
        let pattern = try request.string(0)
        let text = request.context.momentsByPattern[pattern] ?? (request.context.moment ?? .now()).formatted(pattern)
        request.context.momentsByPattern[pattern] = text
        return request.result(.string(text))
    }

    /// `${hydra:job.config_name}`: a setting of the run; null if it is not there.
    private static func hydra(_ request: ResolverRequest) throws -> ConfigurationNode {
        try request.expectArguments(1...1)
        guard let hydra = request.context.hydra else {
            throw ResolverFailure("the run's settings are not known yet")
        }
        let found = try hydra.select(try request.string(0), in: request.context)
        guard let found, !found.isMissing else { return request.result(.null) }
        return found
    }
}

extension ConfigurationNode {
    /// Reads strings that look like interpolations as such, in this node and below.
    fileprivate func readInterpolations() throws {
        switch content {
        case .scalar(.string(let text)): content = try Content(text: text, origin: origin)
        case .mapping(let entries): for child in entries.values { try child.readInterpolations() }
        case .sequence(let items): for item in items { try item.readInterpolations() }
        case .scalar, .missing, .interpolation: break
        }
    }
}
