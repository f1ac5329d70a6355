import TestSupport
import Testing

@testable import Configuration

/// Any argument is parsed or refused; what was parsed can be written and swept over.
@Suite("Overrides of any text")
struct OverrideFuzzTests {
    static let target = FuzzTarget(name: "overrides") { random in
        String(decoding: OverrideFuzzText.generator.make(&random), as: UTF8.self)
    } check: { argument in
        guard let override = try FuzzErrorReport.attempt({ try OverrideParser.parse(argument) }) else { return }
        if let element = override.element {
            try checkWriting(element, of: argument)
            _ = try FuzzErrorReport.attempt { try element.node(origin: Origin(.commandLine(argument: argument))) }
        }
        try checkExpansion(of: override)
    }

    private static func checkWriting(_ element: OverrideElement, of argument: String) throws {
        // Functions make strings of what would else be numbers, and take quotes away: `str(1)`, `sort('a,b')`.
        if argument.contains("(") { return }
        // Hydra too writes interpolations with escapes, and then cannot read what may stand only inside of one.
        if argument.contains("${") { return }
        let text = element.argumentText
        let parsed: OverrideElement?
        do {
            parsed = try OverrideParser.parse("key=" + text).element
        } catch let error as ConfigurationError {
            throw PropertyFailure("written as \(text.debugDescription), it cannot be parsed: \(error)")
        }
        guard let parsed, parsed.fuzzNotation.isSame(element.fuzzNotation) else {
            throw PropertyFailure(
                "\(element.fuzzNotation.debugDescription), written as \(text.debugDescription), "
                    + "is \(parsed?.fuzzNotation.debugDescription ?? "a sweep")")
        }
    }

    private static func checkExpansion(of override: Override) throws {
        let jobs = try FuzzErrorReport.attempt {
            try SweepExpansion.jobs(of: [override]) { _ in ["a", "b", "[c]", "d-e", "f*"] }
        }
        guard let jobs else { return }
        if jobs.count > SweepExpansion.jobLimit { throw PropertyFailure("\(jobs.count) jobs") }
        for job in jobs.prefix(3) {
            for argument in job { _ = try FuzzErrorReport.attempt { try OverrideParser.parse(argument) } }
        }
    }

    @Test("The parser takes or refuses any text")
    func parser() {
        Self.target.run(inputs: 4000)
    }
}

extension OverrideElement {
    /// The value with its types and quotes.
    fileprivate var fuzzNotation: String {
        switch self {
        case .scalar(let scalar): scalar.notation
        case .quoted(let text, let quote): "quoted:\(quote.rawValue)\(text)"
        case .list(let items): "[" + items.map(\.fuzzNotation).joined(separator: ", ") + "]"
        case .dictionary(let entries):
            "{" + entries.map { "\($0.key.notation): \($0.value.fuzzNotation)" }.joined(separator: ", ") + "}"
        }
    }
}
