import Testing

@testable import Configuration

@Suite("YAML agrees with OmegaConf")
struct YAMLParityTests {
    private struct ScalarFixtures: Decodable {
        struct Case: Decodable {
            let text: String
            let value: TaggedValue?
            let key: TaggedValue?
            let document: TaggedValue?
            let error: String?
            let create_error: String?
        }

        let values: [Case]
        let keys: [Case]
    }

    private func read(_ text: String) -> String {
        do {
            let source = SourceText(name: "test.yaml", bytes: Array(text.utf8))
            return try YAMLReader.read(source)?.notation ?? "null"
        } catch let error as ConfigurationError {
            if case .nullKey = error.problem { return "error" }
            return "error"
        } catch {
            return "unexpected \(error)"
        }
    }

    private func expectation(_ value: String?, _ fixture: ScalarFixtures.Case) -> String {
        if fixture.error != nil || fixture.create_error != nil { return "error" }
        return fixture.document?.notation ?? value ?? "?"
    }

    @Test("Scalars of all kinds")
    func scalars() throws {
        let fixtures = try Fixtures.load("scalars", as: ScalarFixtures.self)
        var comparison = Comparison(deviations: [
            // Tags that make no configuration values.
            "!!omap [a: 1, b: 2]", "!!pairs [a: 1, a: 2]", "!!binary aGVsbG8=",
            // libyaml is stricter or laxer than PyYAML.
            "|# c\n a\n", "|\n \ta\n", "[a:]", "[a?]",
            // A duplicate key is an error, be it a string or not.
            "{1: a, 1: b}", "{true: a, True: b}", "{yes: a, on: b}", "\n  1: a\n  1: b", "\n  01: a\n  1: b",
        ])
        for fixture in fixtures.values {
            let value = fixture.value.map { "{str:k: \($0.notation)}" }
            comparison.check(fixture.text, read("k: " + fixture.text), expectation(value, fixture))
        }
        comparison.finish(atLeast: 600)
    }

    @Test("Keys of all kinds")
    func keys() throws {
        let fixtures = try Fixtures.load("scalars", as: ScalarFixtures.self)
        var comparison = Comparison()
        for fixture in fixtures.keys {
            let value = fixture.key.map { "{\($0.notation): int:1}" }
            comparison.check(fixture.text, read(fixture.text + ": 1"), expectation(value, fixture))
        }
        comparison.finish(atLeast: 100)
    }

    private struct DumpFixtures: Decodable {
        struct Case: Decodable {
            let key: TaggedValue?
            let value: TaggedValue
            let yaml: String
        }

        let values: [Case]
        let keys: [Case]
    }

    @Test("Written values, byte for byte")
    func written() throws {
        let fixtures = try Fixtures.load("dump", as: DumpFixtures.self)
        var comparison = Comparison()
        for fixture in fixtures.values + fixtures.keys {
            let node = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
            let key = try fixture.key.map { try #require(ConfigurationKey(try $0.scalar)) } ?? "k"
            node.set(key, try fixture.value.node)
            comparison.check(fixture.value.notation, node.yaml, fixture.yaml)
        }
        comparison.finish(atLeast: 1300)
    }
}
