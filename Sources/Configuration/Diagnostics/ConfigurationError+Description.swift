import Diagnostics

extension ConfigurationError: CustomStringConvertible {
    /// What went wrong in one or a few sentences, without the place.
    public var description: String {
        let text = problem.message
        return context.map { "In '\($0)': " + text } ?? text
    }

    /// A second paragraph with what may help; nil if there is nothing to add.
    public var help: String? { problem.help }
}

/// "; did you mean 'a' or 'b'?", or nothing.
private func didYouMean(_ names: [String]) -> String {
    guard !names.isEmpty else { return "" }
    return "; did you mean " + names.map { "'\($0)'" }.joined(separator: " or ") + "?"
}

private func list(_ names: [String], limit: Int = 40) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? shown + ", … (\(names.count) in all)" : shown
}

extension ConfigurationError.Problem {
    var message: String {
        switch self {
        // Files
        case .unreadableFile(let path, let reason): "'\(path)' cannot be read: \(reason)"
        case .unwritable(let path, let reason): "'\(path)' cannot be written: \(reason)"
        case .notUTF8(let path): "'\(path)' is not UTF-8 text"
        case .yamlSyntax(let problem): "This is no YAML: \(problem)"
        case .tabBetweenTokens: "A tab stands where YAML allows only spaces"
        case .severalDocuments: "A second YAML document starts here; a configuration file holds one"
        case .duplicateKey(let key, let line): "Key '\(key)' stands twice in this mapping; first on line \(line)"
        case .nullKey: "A key cannot be null"
        case .containerAsKey: "A key must be a scalar, not a list or mapping"
        case .unknownAlias(let name): "There is no anchor '&\(name)' before this alias"
        case .duplicateAnchor(let name): "The anchor '&\(name)' is already used above"
        case .unsupportedTag(let tag): "The YAML tag '\(tag)' is not supported in configurations"
        case .scalarNotOfTag(let value, let tag): "'\(value)' is no value of \(tag)"
        case .unquotedIndicator(let text): "'\(text)' means something else in YAML; put it in quotes"
        case .notMergeable: "A merge key ('<<') takes a mapping or a list of mappings"
        case .nestedTooDeeply(let limit): "Nested more than \(limit) levels deep"
        case .tooManyValues(let limit): "The file expands to more than \(limit) values"
        case .rootIsScalar(let found): "A configuration must be a mapping, not \(found)"
        case .malformedPackageHeader(let line): "A header has the form '# @package name', not '\(line)'"

        // Interpolations
        case .interpolationSyntax(let text, let offset, let problem):
            "'\(text)' is no well-formed interpolation: \(problem) (at character \(offset + 1))"
        case .interpolationKeyNotFound(let key, let text, let nearest):
            "'\(text)' leads nowhere: there is no key '\(key)'" + didYouMean(nearest)
        case .interpolationNotAllowedHere(let text): "'\(text)' cannot be resolved here"
        case .interpolationToMissing(let key): "The value leads to '\(key)', which is missing (???)"
        case .interpolationCycle(let keys):
            "These values lead to each other in a circle: " + keys.joined(separator: " → ")
        case .interpolationToAncestor(let key): "The value leads to '\(key)', which contains it"
        case .interpolationThroughScalar(let key, let scalar, let child):
            "'\(key)' leads nowhere: '\(scalar)' is no container and cannot have '\(child)'"
        case .interpolationKeyNotString(let text, let found):
            "'\(text)' cannot be resolved: a part of its key is \(found), not a string"
        case .resolvesToTooMuch: "The interpolations here lead to more values or text than a configuration can hold"
        case .indexNotInteger(let index, let key): "'\(key)' leads nowhere: '\(index)' is no index of a list"
        case .unknownResolver(let name, let available):
            "There is no resolver '\(name)'" + didYouMean(NearestNames.of(name, among: available))
        case .resolverFailed(let name, let problem): "Resolver '\(name)' has no answer: \(problem)"

        // Overrides
        case .overrideSyntax(_, _, let problem): "This argument is no override: \(problem)"
        case .overrideFunction(_, let problem): "This argument cannot be evaluated: \(problem)"
        case .ambiguousSweep(let argument): "Several values are given in '\(argument)', but one job is run"
        case .sweepNeedsMultirun(let argument): "'\(argument)' gives several values, but one job is run"
        case .sweepOverHydra(let argument): "Settings of the run cannot be swept over: '\(argument)'"
        case .unsupportedSweep(let kind): "\(kind.prefix(1).uppercased() + kind.dropFirst()) cannot be enumerated"
        case .forceAddOfGroup(let argument): "A config group cannot be added with '++': '\(argument)'"
        case .groupValueNotName(let argument, let found):
            "A config group takes the name of an option or a list of names, not \(found): '\(argument)'"
        case .overrideOfUnknownGroup(let argument, let group):
            "'\(argument)' looks like the choice of an option, but there is no config group '\(group)'"
        case .keyNotInConfiguration(let key, _, let nearest):
            "There is no key '\(key)' in the configuration" + didYouMean(nearest)
        case .keyExists(let key, _): "There already is a value at '\(key)'"
        case .nothingToDelete(let key, let nearest): "There is no '\(key)' to delete" + didYouMean(nearest)
        case .deletionValueDiffers(let key, let found, let expected):
            "'\(key)' is \(found), not \(expected); nothing is deleted"
        case .indexOutOfRange(let key, let count): "There is no item '\(key)': the list has \(count) items"
        case .cannotWriteThroughInterpolation(let key, let text):
            "'\(key)' is the interpolation '\(text)'; what it leads to cannot be changed through it"
        case .cannotIndexList(let key): "'\(key)' is a list; use an index"

        // Composition
        case .configDirectoryNotFound(let path): "The configuration directory '\(path)' does not exist"
        case .configNameIsPath(let path):
            "--config-path takes a directory; '\(path)' looks like a file. Its name goes to --config-name"
        case .primaryNotFound(let name, _, let nearest):
            "Could not find the primary configuration '\(name)'" + didYouMean(nearest)
        case .primaryIsNotMapping(let name): "The primary configuration '\(name)' must be a mapping"
        case .optionNotFound(let group, let option, _, let nearest, let parent):
            (parent.map { $0 == "<root>" ? "" : "In '\($0)': " } ?? "") + "Could not find '\(group)/\(option)'"
                + didYouMean(nearest)
        case .configNotFound(let path, let nearest, _, let parent):
            (parent.map { $0 == "<root>" ? "" : "In '\($0)': " } ?? "") + "Could not find '\(path)'"
                + didYouMean(nearest)
        case .groupMissing(let key, _): "An option must be chosen for '\(key)': \(key)=OPTION"
        case .defaultsNotList(let found): "A defaults list must be a list, not \(found)"
        case .defaultsItem(let problem): "This is no item of a defaults list: \(problem)"
        case .duplicateSelf: "'_self_' stands twice in this defaults list"
        case .selfWithPackage: "'_self_' cannot have a package"
        case .overrideBeforeOthers(let override, let other):
            "'override \(override)' stands before '\(other)'; overrides come at the end of a defaults list"
        case .overrideMatchesNothing(let key, _, let alternatives, _):
            alternatives.isEmpty
                ? "'\(key)' is not in the defaults list, so it cannot be overridden"
                : "Could not override '\(key)'" + didYouMean(alternatives)
        case .overrideInInterpolatedSubtree(let key):
            "'override \(key)' cannot stand in a configuration that is chosen by an interpolation"
        case .severalValues(let key, let first):
            "'\(key)' is chosen twice; to replace the first choice, write 'override \(key): \(first)'"
        case .appearsTwice(let key): "'\(key)' appears twice in the final defaults list"
        case .deletionMatchesNothing(let key): "'\(key)' is not in the defaults list, so it cannot be deleted"
        case .interpolationInOptionList(let text): "Interpolations are not supported in lists of options: '\(text)'"
        case .searchPathNotInPrimary: "hydra.searchpath can only be set in the primary configuration"
        case .searchPathNotStrings(let found): "hydra.searchpath must be a list of paths, not \(found)"
        case .mergeOfMappingAndList(let key):
            "A list and a mapping cannot be merged" + (key.isEmpty ? "" : " at '\(key)'")
        case .unexpectedType(let key, let expected, let found): "'\(key)' must be \(expected), not \(found)"
        case .unknownSetting(let key, let structure, let nearest):
            "There is no '\(key)' in \(structure)" + didYouMean(nearest)
        case .settingCannotBeDeleted(let key, let structure):
            "'\(key)' belongs to \(structure) and cannot be deleted; it can be set to another value"
        case .environmentVariableNotSet(let name): "Environment variable '\(name)' is to be copied but is not set"
        case .packageNotFound(let path): "There is no '\(path)' in the configuration"

        // Instantiation
        case .missingTarget(let key): "'\(key)' has no '_target_' that says what to make of it"
        case .unknownTarget(let name, let nearest, _): "'\(name)' is not known here" + didYouMean(nearest)
        case .unknownArgument(let name, let target, let nearest, _):
            "\(target) has no argument '\(name)'" + didYouMean(nearest)
        case .missingArgument(let name, let target, let expected):
            "\(target) needs the argument '\(name)' (\(expected))"
        case .argumentType(let name, let target, let expected, let found):
            "Argument '\(name)' of \(target) must be \(expected), not \(found)"
        case .invalidArgument(let name, let target, let problem): "Argument '\(name)' of \(target): \(problem)"
        case .missingValue(let key): "A value must be given for '\(key)' (it is ???)"
        case .invalidInstantiationKey(let key, let expected, let found): "'\(key)' must be \(expected), not \(found)"
        case .tooManyPositionalArguments(let target, let count, let limit):
            "\(target) takes at most \(limit) arguments; '_args_' has \(count)"
        case .notCallable(let name): "'\(name)' cannot be instantiated"
        case .several(let errors): "\(errors.count) problems were found"
        }
    }

    var help: String? {
        switch self {
        case .unknownResolver(_, let available): "Resolvers: \(list(available))"
        case .ambiguousSweep(let argument): sweepHelp(argument)
        case .sweepNeedsMultirun: "To run a job for each value, add --multirun"
        case .keyNotInConfiguration(_, let argument, _):
            argument.isEmpty ? nil : "To add a new key, write '+\(argument.drop { $0 == "+" })'"
        case .keyExists(_, let argument):
            "To change it, write '\(argument.dropFirst())'; to change or add, write '+\(argument)'"
        case .primaryNotFound(_, let searchPath, _), .configNotFound(_, _, let searchPath, _):
            "Search path:\n" + searchPath.map { "  " + $0 }.joined(separator: "\n")
        case .optionNotFound(let group, _, let available, _, _):
            available.isEmpty ? "The group '\(group)' has no options" : "Available: \(list(available))"
        case .groupMissing(_, let available): "Available: \(list(available))"
        case .overrideMatchesNothing(let key, let value, _, let isExternal):
            isExternal ? "To append it to the defaults list, write '+\(key)=\(value)'" : nil
        case .tabBetweenTokens: "Replace the tab by spaces"
        case .unknownTarget(_, _, let available):
            available.isEmpty ? nil : "Available: \(list(available))"
        case .unknownArgument(_, _, _, let known): known.isEmpty ? "It takes no arguments" : "Arguments: \(list(known))"
        case .argumentType(_, _, let expected, let found):
            expected.hasPrefix("a string") && !found.hasPrefix("a ") ? "To make it a string, put it in quotes" : nil
        default: nil
        }
    }

    private func sweepHelp(_ argument: String) -> String {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        let key = parts.first ?? argument
        let values = parts.count > 1 ? parts[1] : ""
        return """
            To give a list, write \(key)=[\(values)]
            To give one string with commas, quote it: \(key)=\\'\(values)\\'
            To run a job for each value, add --multirun
            """
    }
}
