import OrderedCollections

extension ConfigurationNode {
    /// Replaces every interpolation below this node by its value, in place.
    ///
    /// A reference to a container becomes a copy of it, resolved at its own place; a reference to a missing value becomes
    /// `???`.
    ///
    /// - Throws: `ConfigurationError` that names the key of the value that cannot be resolved.
    public func resolveInPlace(in context: ResolutionContext) throws {
        do {
            try context.nested { try resolveChildren(in: context) }
        } catch let error as ConfigurationError {
            throw error.located(at: origin)
        }
    }

    private func resolveChildren(in context: ResolutionContext) throws {
        switch content {
        case .mapping(let entries):
            for (key, child) in entries {
                try child.resolveEntry(in: context) { self.set(key, $0) }
            }
        case .sequence(let items):
            for (index, child) in items.enumerated() {
                try child.resolveEntry(in: context) { self.set(index: index, $0) }
            }
        case .scalar, .missing, .interpolation: break
        }
    }

    /// Resolves this child of a container; `replace` puts another node in its place.
    private func resolveEntry(in context: ResolutionContext, replace: (ConfigurationNode) -> Void) throws {
        guard interpolation != nil else { return try resolveInPlace(in: context) }
        let resolved: ConfigurationNode
        do {
            resolved = try dereferenced(in: context)
        } catch let error as ConfigurationError {
            guard case .interpolationToMissing = error.problem else { throw error.located(at: origin) }
            content = .missing
            return
        }
        if resolved.isContainer {
            var ancestor: ConfigurationNode? = self
            while let current = ancestor {
                // A resolver can lead to where an interpolation may not.
                if current === resolved { throw ConfigurationError(.interpolationToAncestor(key: path), at: origin) }
                ancestor = current.parent
            }
            try resolved.resolveInPlace(in: context)
            let copy = try resolved.copy(in: context)
            copy.origin = origin
            copy.keyOrigin = keyOrigin
            let past = overridden
            replace(copy)
            copy.overridden = past
        } else if let text = resolved.string {
            // The text of an escaped interpolation is read once more when it is stored.
            content = try Content(text: text, origin: origin)
        } else {
            content = resolved.content
        }
    }

    /// This node, or what its interpolation leads to: a node of the tree, or a new one that holds the result.
    ///
    /// - Throws: `ConfigurationError` if the interpolation cannot be resolved.
    func dereferenced(in context: ResolutionContext) throws -> ConfigurationNode {
        guard let interpolation else { return self }
        if let start = context.resolving.firstIndex(where: { $0 === self }) {
            let cycle = (context.resolving[start...] + [self]).map(\.path)
            throw ConfigurationError(.interpolationCycle(cycle), at: origin)
        }
        context.resolving.append(self)
        defer { context.resolving.removeLast() }
        guard let parent else {
            throw ConfigurationError(.interpolationNotAllowedHere(text: interpolation.text), at: origin)
        }
        let evaluator = InterpolationEvaluator(container: parent, node: self, context: context)
        let result: ConfigurationNode
        do {
            result = try evaluator.evaluate(interpolation)
        } catch let error as ConfigurationError {
            throw error.located(at: origin)
        }
        return try converted(result)
    }

    /// A resolved value as this node's type has it.
    private func converted(_ result: ConfigurationNode) throws -> ConfigurationNode {
        guard case .scalar(let scalar) = result.content else { return result }
        if case .any = type { return result }
        guard let converted = type.converting(scalar) else {
            throw ConfigurationError(
                .unexpectedType(key: path, expected: type.name, found: scalar.spokenDescription), at: origin)
        }
        if converted == scalar { return result }
        let node = ConfigurationNode(.scalar(converted), origin: origin)
        node.parent = parent
        node.key = key
        return node
    }

    /// The value as Python's `str()` prints it; interpolations inside containers stay as they are written.
    public var pythonString: String {
        switch content {
        case .scalar(let scalar): scalar.pythonString
        case .missing: "???"
        case .interpolation(let interpolation): interpolation.text
        case .mapping, .sequence: pythonRepresentation
        }
    }

    private var pythonRepresentation: String {
        switch content {
        case .scalar(let scalar): scalar.pythonRepresentation
        case .missing: PythonText.quoted("???")
        case .interpolation(let interpolation): PythonText.quoted(interpolation.text)
        case .mapping(let entries):
            "{"
                + entries.map { "\($0.key.scalar.pythonRepresentation): \($0.value.pythonRepresentation)" }
                .joined(separator: ", ") + "}"
        case .sequence(let items): "[" + items.map(\.pythonRepresentation).joined(separator: ", ") + "]"
        }
    }
}
