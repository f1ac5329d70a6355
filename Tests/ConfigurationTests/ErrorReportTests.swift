import OperatingSystem
import Testing

@testable import Configuration

@Suite("Error reports")
struct ErrorReportTests {
    private func report(_ name: String, _ overrides: [String]) -> String {
        let request = CompositionRequest(
            configDirectory: Fixtures.directory + "/tree", configName: name, overrides: overrides)
        do {
            let composed = try Composer(request, context: ResolutionContext()).compose()
            _ = try composed.resolvedJob()
            return "no error"
        } catch let error as ConfigurationError {
            return ErrorReport(usesColor: false).text(error)
                .replacing(FileSystem.display(Fixtures.directory) + "/", with: "").replacing(
                    Fixtures.directory + "/", with: "")
        } catch {
            return "\(error)"
        }
    }

    @Test("A wrong option: the argument, the nearest names, the ones there are")
    func option() {
        #expect(
            report("config", ["dataset@data.train=digit"]) == """
                error: In 'config': Could not find 'dataset/digit'; did you mean 'digits'?
                  --> command line
                      dataset@data.train=digit
                                         ^^^^^
                Available: cars, digits, unicode
                """)
    }

    @Test("A wrong key: the argument and the nearest key")
    func key() {
        #expect(
            report("config", ["reprt.name=x"]) == """
                error: There is no key 'reprt' in the configuration; did you mean 'report'?
                  --> command line
                      reprt.name=x
                      ^^^^^^^^^^
                To add a new key, write '+reprt.name=x'
                """)
    }

    @Test("A malformed argument: the place in it")
    func argument() {
        #expect(
            report("config", ["seed=[1,2"]) == """
                error: This argument is no override: this '[' is not closed
                  --> command line
                      seed=[1,2
                           ^
                """)
        #expect(report("config", ["report.name=grün"]).contains("'ü' is only allowed between quotes"))
    }

    @Test("A cycle is named")
    func cycle() {
        let text = report("links_cycle", [])
        #expect(text.contains("These values lead to each other in a circle: a → b → c → a") || text.contains(" → "))
        #expect(text.contains("links_cycle.yaml:"))
    }

    @Test(
        "A broken file: the line with a mark under the place",
        arguments: [
            ("broken/duplicate", "stands twice in this mapping; first on line"),
            ("broken/tab_between", "A tab stands where"),
            ("broken/unknown_tag", "is not supported in configurations"),
            ("broken/documents", "A second YAML document"),
            ("broken/null_key", "A key cannot be null"), ("broken/interpolation", "is no well-formed interpolation"),
            ("broken/two_keys", "it has 2 keys"), ("broken/override_first", "overrides come at the end"),
            ("broken/missing_option", "Could not find"), ("broken/equals", "means something else in YAML"),
        ])
    func file(_ name: String, message: String) {
        let lines = report(name, []).split(separator: "\n")
        #expect(lines.first?.contains(message) ?? false, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("  --> tree/broken/") }, "\(lines)")
        #expect(lines.contains { $0.contains("| ") && $0.hasSuffix("^") }, "\(lines)")
    }

    @Test("Long lines are cut around the place, control characters are shown as dots")
    func window() {
        let argument = "key=" + String(repeating: "a", count: 300) + "(" + String(repeating: "b", count: 300)
        let text = report("config", [argument])
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 140 })
        #expect(text.contains("…"))
        let control = report("config", ["seed='a\u{7}\u{1B}[31m"])
        #expect(!control.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
}
