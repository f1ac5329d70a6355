/// What went wrong while a configuration was read, composed, resolved or turned into objects.
///
/// The error holds data only; `description` words it, and `ErrorReport` shows the place.
public struct ConfigurationError: Error, Sendable {
    /// What went wrong.
    public let problem: Problem
    /// Where; nil if no place can be named.
    public let origin: Origin?
    /// The configuration that was being read when it happened, if the place does not show it.
    public let context: String?

    /// An error at a place.
    public init(_ problem: Problem, at origin: Origin? = nil, context: String? = nil) {
        self.problem = problem
        self.origin = origin
        self.context = context
    }

    /// The same error at a place, unless it names one already.
    func located(at origin: Origin?) -> ConfigurationError {
        self.origin == nil ? ConfigurationError(problem, at: origin, context: context) : self
    }

    /// Every kind of failure, with what a message needs to name.
    public enum Problem: Sendable {
        // Files
        case unreadableFile(path: String, reason: String)
        case unwritable(path: String, reason: String)
        case notUTF8(path: String)
        case yamlSyntax(String)
        case tabBetweenTokens
        case severalDocuments
        case duplicateKey(String, firstLine: Int)
        case nullKey
        case containerAsKey
        case unknownAlias(String)
        case duplicateAnchor(String)
        case unsupportedTag(String)
        case scalarNotOfTag(value: String, tag: String)
        case unquotedIndicator(String)
        case notMergeable
        case nestedTooDeeply(limit: Int)
        case tooManyValues(limit: Int)
        case rootIsScalar(String)
        case malformedPackageHeader(String)

        // Interpolations
        case interpolationSyntax(text: String, offset: Int, problem: String)
        case interpolationKeyNotFound(key: String, text: String, nearest: [String])
        case interpolationNotAllowedHere(text: String)
        case interpolationToMissing(key: String)
        case interpolationCycle([String])
        case interpolationToAncestor(key: String)
        case interpolationThroughScalar(key: String, scalar: String, child: String)
        case interpolationKeyNotString(text: String, found: String)
        case resolvesToTooMuch
        case indexNotInteger(String, key: String)
        case unknownResolver(name: String, available: [String])
        case resolverFailed(name: String, problem: String)

        // Overrides
        case overrideSyntax(argument: String, offset: Int, problem: String)
        case overrideFunction(argument: String, problem: String)
        case ambiguousSweep(argument: String)
        case sweepNeedsMultirun(argument: String)
        case sweepOverHydra(argument: String)
        case unsupportedSweep(kind: String)
        case forceAddOfGroup(argument: String)
        case groupValueNotName(argument: String, found: String)
        case overrideOfUnknownGroup(argument: String, group: String)
        case keyNotInConfiguration(key: String, argument: String, nearest: [String])
        case keyExists(key: String, argument: String)
        case nothingToDelete(key: String, nearest: [String])
        case deletionValueDiffers(key: String, found: String, expected: String)
        case indexOutOfRange(key: String, count: Int)
        case cannotWriteThroughInterpolation(key: String, text: String)
        case cannotIndexList(key: String)

        // Composition
        case configDirectoryNotFound(path: String)
        case configNameIsPath(String)
        case primaryNotFound(name: String, searchPath: [String], nearest: [String])
        case primaryIsNotMapping(name: String)
        case optionNotFound(group: String, option: String, available: [String], nearest: [String], parent: String?)
        case configNotFound(path: String, nearest: [String], searchPath: [String], parent: String?)
        case groupMissing(key: String, available: [String])
        case defaultsNotList(found: String)
        case defaultsItem(String)
        case duplicateSelf
        case selfWithPackage
        case overrideBeforeOthers(override: String, other: String)
        case overrideMatchesNothing(key: String, value: String, alternatives: [String], isExternal: Bool)
        case overrideInInterpolatedSubtree(key: String)
        case severalValues(key: String, first: String)
        case appearsTwice(key: String)
        case deletionMatchesNothing(key: String)
        case interpolationInOptionList(String)
        case searchPathNotInPrimary
        case searchPathNotStrings(found: String)
        case mergeOfMappingAndList(key: String)
        case unexpectedType(key: String, expected: String, found: String)
        case unknownSetting(key: String, structure: String, nearest: [String])
        case settingCannotBeDeleted(key: String, structure: String)
        case environmentVariableNotSet(String)
        case packageNotFound(String)

        // Instantiation
        case missingTarget(key: String)
        case unknownTarget(name: String, nearest: [String], available: [String])
        case unknownArgument(name: String, target: String, nearest: [String], known: [String])
        case missingArgument(name: String, target: String, expected: String)
        case argumentType(name: String, target: String, expected: String, found: String)
        case invalidArgument(name: String, target: String, problem: String)
        case missingValue(key: String)
        case invalidInstantiationKey(key: String, expected: String, found: String)
        case tooManyPositionalArguments(target: String, count: Int, limit: Int)
        case notCallable(name: String)
        case several([ConfigurationError])
    }
}
