import Foundation
import Testing

@testable import Configuration

@Suite("Composition agrees with Hydra", .serialized)
struct CompositionParityTests {
    private struct Failure: Decodable {
        let type: String
        let message: String
    }

    private struct ComposeFixtures: Decodable {
        struct Case: Decodable {
            let name: String
            let config_name: String?
            let config_dir: String?
            let overrides: [String]
            let job: String?
            let hydra: String?
            let resolved: String?
            let resolve_error: Failure?
            let error: Failure?
        }

        let environment: [String: String]
        let cases: [Case]
    }

    @Test("Composed and resolved configurations, byte for byte")
    func composed() throws {
        let fixtures = try Fixtures.load("compose", as: ComposeFixtures.self)
        #expect(FileManager.default.changeCurrentDirectoryPath(Fixtures.directory))
        var comparison = Comparison(deviations: [
            // Lists and mappings that resolvers make are values here; OmegaConf refuses them.
            "resolved resolvers_decoded_list", "resolved resolvers_decoded_dict", "resolved packages: decoded",
            "resolved no_defaults: a=${hydra:overrides.task}",
            // The primary configuration may lie in a place that the command line adds.
            "searchpath: primary only there",
            // These crash in Python.
            "config: ~report.limits.0", "config: ~report.limits.1=2",
            "no_defaults: hydra.sweeper.params={a:'1,2'}", "no_defaults: +hydra.sweeper.params={a:'1,2',b.c:5}",
            "no_defaults: +hydra.sweeper.params.a='1,2'", "no_defaults: +hydra.sweeper.params.a=3",
            "no_defaults: ++hydra.sweeper.params.a=3", "no_defaults: hydra.sweeper={params:{a:'1,2'}}",
        ])
        for fixture in fixtures.cases {
            // This program always has a configuration name.
            guard let configName = fixture.config_name else { continue }
            func located(_ text: String) -> String { text.replacing(Fixtures.directory, with: "{FIXTURES}") }
            let overrides = fixture.overrides.map { $0.replacing("{FIXTURES}", with: Fixtures.directory) }
            var request = CompositionRequest(
                configDirectory: Fixtures.directory + "/tree", configName: configName, overrides: overrides)
            request.additionalDirectory = fixture.config_dir
            let context = ResolutionContext(environment: Fixtures.environment(fixtures.environment))
            let composed: ComposedConfiguration
            do {
                composed = try Composer(request, context: context).compose()
            } catch is ConfigurationError {
                comparison.check(
                    fixture.name, "error", fixture.error == nil ? "no error" : "error")
                continue
            }
            let label = fixture.name
            let hydra = composed.detachHydra()
            comparison.check(
                label, located(composed.job.yaml), fixture.job ?? "error")
            if let expected = fixture.hydra {
                let node = ConfigurationNode.emptyMapping(origin: Origin(.runtime))
                let copy = hydra.copy()
                copy.remove("help")
                copy.remove("hydra_help")
                node.set("hydra", copy)
                comparison.check("hydra of " + label, located(node.yaml), expected)
            }
            guard fixture.error == nil else { continue }
            var resolved: String
            do {
                try composed.job.resolveInPlace(in: context)
                resolved = located(composed.job.yaml)
            } catch is ConfigurationError {
                resolved = "error"
            }
            comparison.check(
                "resolved " + label, resolved,
                fixture.resolved ?? "error")
        }
        comparison.finish(atLeast: 1300)
    }
}
