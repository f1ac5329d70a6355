import OrderedCollections
import TestSupport
import Testing

@testable import Configuration

/// Any value is parsed or refused, and any configuration is resolved or refused.
@Suite("Interpolations of any text")
struct InterpolationFuzzTests {
    static let parserTarget = FuzzTarget(name: "interpolations") { random in
        String(decoding: InterpolationFuzzText.generator.make(&random), as: UTF8.self)
    } check: { text in
        let origin = Origin(.commandLine(argument: text))
        _ = try FuzzErrorReport.attempt { try Interpolation(parsing: text, origin: origin) }
        do throws(InterpolationSyntaxError) {
            var parser = InterpolationParser(text)
            _ = try parser.parseSingleElement()
        } catch {
            if error.offset > text.unicodeScalars.count { throw PropertyFailure("fails at \(error.offset)") }
        }
    }

    static let resolutionTarget = FuzzTarget(name: "resolution") { random in
        InterpolationFuzzText.configuration(&random)
    } check: { text in
        let source = SourceText(name: "fuzz.yaml", bytes: Array(text.utf8))
        guard let loaded = try FuzzErrorReport.attempt({ try LoadedConfiguration(source) }) else { return }
        let node = loaded.content
        let context = ResolutionContext(environment: FuzzCorpus.environment)
        guard try FuzzErrorReport.attempt({ try node.resolveInPlace(in: context) }) != nil else { return }
        // Escaped interpolations lose their backslashes, and are then interpolations.
        if node.holdsInterpolation { return }
        let resolved = node.notation
        _ = node.yaml
        guard try FuzzErrorReport.attempt({ try node.resolveInPlace(in: context) }) != nil else {
            throw PropertyFailure("a resolved configuration cannot be resolved")
        }
        if !node.notation.isSame(resolved) {
            throw PropertyFailure("resolved again, \(resolved.debugDescription) is \(node.notation.debugDescription)")
        }
    }

    @Test("The parser takes or refuses any text")
    func parser() {
        Self.parserTarget.run(inputs: 5000)
    }

    @Test("Resolution ends, and done again changes nothing")
    func resolution() {
        Self.resolutionTarget.run(inputs: 3000)
    }
}

extension ConfigurationNode {
    fileprivate var holdsInterpolation: Bool {
        switch content {
        case .interpolation: true
        case .mapping(let entries): entries.values.contains(where: \.holdsInterpolation)
        case .sequence(let items): items.contains(where: \.holdsInterpolation)
        case .scalar, .missing: false
        }
    }
}
