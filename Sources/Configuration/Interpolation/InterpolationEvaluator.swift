import Diagnostics
import OrderedCollections

/// Evaluates parsed interpolations as seen from one place of a configuration.
struct InterpolationEvaluator {
    /// The container that relative paths start from.
    let container: ConfigurationNode
    /// The node whose value is being evaluated.
    let node: ConfigurationNode
    let context: ResolutionContext

    func evaluate(_ interpolation: Interpolation) throws -> ConfigurationNode {
        try evaluate(interpolation.parts)
    }

    /// One interpolation alone keeps its type; several pieces are joined to a string.
    func evaluate(_ parts: [Interpolation.Part]) throws -> ConfigurationNode {
        if parts.count == 1, let part = parts.first {
            switch part {
            case .literal(let text): return result(.string(text))
            case .reference, .resolver: return try evaluate(part)
            }
        }
        return result(.string(try text(of: parts)))
    }

    private func text(of parts: [Interpolation.Part]) throws -> String {
        var text = ""
        for part in parts {
            if case .literal(let literal) = part {
                text += literal
            } else {
                let piece = try evaluate(part).pythonString
                try context.add(weight: piece.resolutionWeight)
                text += piece
            }
        }
        return text
    }

    private func evaluate(_ part: Interpolation.Part) throws -> ConfigurationNode {
        try context.nested {
            let value: ConfigurationNode
            switch part {
            case .literal(let text): value = result(.string(text))
            case .reference(let reference): value = try evaluate(reference)
            case .resolver(let call): value = try evaluate(call)
            }
            try context.add(weight: value.string?.resolutionWeight ?? 1)
            return value
        }
    }

    // MARK: - References

    private func evaluate(_ reference: Interpolation.Reference) throws -> ConfigurationNode {
        let path = try text(of: reference.pieces, in: reference.text)
        let (start, rest) = try container.base(of: path, fromRoot: true)
        guard let target = try start.descend(rest, in: context, throwOnMissing: true) else {
            throw ConfigurationError(
                .interpolationKeyNotFound(key: rest, text: reference.text, nearest: start.nearestPaths(to: rest)))
        }
        if target.isMissing { throw ConfigurationError(.interpolationToMissing(key: target.path)) }
        var ancestor: ConfigurationNode? = container
        while let current = ancestor {
            if current === target { throw ConfigurationError(.interpolationToAncestor(key: path)) }
            ancestor = current.parent
        }
        return target
    }

    private func text(of pieces: [Interpolation.KeyPiece], in text: String) throws -> String {
        var path = ""
        for piece in pieces {
            switch piece {
            case .text(let key): path += key
            case .lookup(let part):
                let key = try evaluate(part)
                guard let keyText = key.string else {
                    throw ConfigurationError(.interpolationKeyNotString(text: text, found: key.kindName))
                }
                path += keyText
            }
        }
        return path
    }

    // MARK: - Resolvers

    private func evaluate(_ call: Interpolation.ResolverCall) throws -> ConfigurationNode {
        let name = try text(of: call.name, in: call.text)
        let arguments = try call.arguments.map(evaluate)
        guard let resolver = context.resolvers[name] else {
            throw ConfigurationError(.unknownResolver(name: name, available: context.resolvers.names))
        }
        let request = ResolverRequest(name: name, arguments: arguments, evaluator: self)
        do {
            return try resolver(request)
        } catch let failure as ResolverFailure {
            throw ConfigurationError(.resolverFailed(name: name, problem: failure.problem))
        }
    }

    func evaluate(_ element: Interpolation.Element) throws -> ConfigurationNode {
        try context.nested { try value(of: element) }
    }

    private func value(of element: Interpolation.Element) throws -> ConfigurationNode {
        switch element {
        case .scalar(let scalar): return result(scalar)
        case .text(let parts): return try evaluate(parts)
        case .quoted(let parts): return result(.string(try text(of: parts)))
        case .list(let elements):
            return detached(.sequence(try elements.map { try evaluate($0).copy(in: context) }))
        case .dictionary(let entries):
            var mapping: OrderedDictionary<ConfigurationKey, ConfigurationNode> = [:]
            for (key, value) in entries {
                guard let key = ConfigurationKey(key) else { throw ConfigurationError(.nullKey) }
                mapping[key] = try evaluate(value).copy(in: context)
            }
            return detached(.mapping(mapping))
        }
    }

    func result(_ scalar: Scalar) -> ConfigurationNode { detached(.scalar(scalar)) }

    /// A new node that stands where the evaluated one does, without being in the tree.
    private func detached(_ content: ConfigurationNode.Content) -> ConfigurationNode {
        let result = ConfigurationNode(content, origin: node.origin)
        result.parent = container
        result.key = node.key
        return result
    }
}

extension ConfigurationNode {
    /// Paths of this tree close to one that does not exist.
    func nearestPaths(to path: String) -> [String] {
        var keys = KeyPathText.split(path)
        guard let wanted = keys.popLast() else { return [] }
        var container = self
        var prefix = ""
        for key in keys {
            guard let child = container[key] ?? Int(key).flatMap({ container.items?[safe: $0] }) else {
                let near = NearestNames.of(key, among: container.childNames)
                return near.map { KeyPathText.join(prefix, $0, inSequence: false) }
            }
            prefix = KeyPathText.join(prefix, key, inSequence: container.items != nil)
            container = child
        }
        return NearestNames.of(wanted, among: container.childNames).map {
            KeyPathText.join(prefix, $0, inSequence: false)
        }
    }

    var childNames: [String] { entries.map { $0.keys.map(\.description) } ?? [] }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
