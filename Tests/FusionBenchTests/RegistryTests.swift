import Configuration
import Testing

@testable import FusionBench

@Suite("The registry")
struct RegistryTests {
    @Test(
        "Programs are known by the names that users' files contain",
        arguments: [
            "fusion_bench.programs.FabricModelFusionProgram",
            "fusion_bench.programs.fabric_fusion_program.FabricModelFusionProgram",
            "fusion_bench._get_started.greeting_program.GreetingProgram",
        ])
    func names(_ name: String) {
        #expect(TargetRegistry.fusionBench.names.contains(name))
    }
}

@Suite("Older configurations")
struct LegacyNameTests {
    private func problem(_ yaml: String, _ kind: TargetRegistry.LegacyKind) throws -> String {
        let value = try ConfigurationValue(yaml: yaml)
        let error = #expect(throws: ConfigurationError.self) {
            try Instantiator(.fusionBench).instantiate(value, legacy: kind)
        }
        return error?.description ?? ""
    }

    @Test("A name without _target_ leads to the dotted name")
    func names() throws {
        let method = try problem("name: clip_layer_wise_gossip", .method)
        #expect(method.contains("gossip.clip_layer_wise_gossip.CLIPLayerWiseGossipAlgorithm"))
        #expect(try problem("type: AutoModelPool", .modelPool).contains("huggingface_automodel.AutoModelPool"))
        #expect(try problem("type: NYUv2TaskPool", .taskPool).contains("taskpool.nyuv2_taskpool.NYUv2TaskPool"))
        #expect(try problem("type: dumy", .taskPool).contains("did you mean 'dummy'?"))
    }
}

@Suite("Coloured YAML")
struct YAMLColoringTests {
    @Test(
        "Without colours a line stays as it is",
        arguments: ["a: 1", "- b: 'x: y'", "  key: null", "'quoted: key': 2", ""])
    func plain(_ line: String) {
        #expect(YAMLColoring(Console(usesColor: false)).line(line) == line)
    }

    @Test(
        "Colours change nothing but add codes",
        arguments: ["a: 1", "- b: 'x: y'", "  key: null", "- - 1.5", "key: ", "x"])
    func colored(_ line: String) {
        let colored = YAMLColoring(Console(usesColor: true)).line(line)
        var text = ""
        var isCode = false
        for character in colored {
            if character == "\u{1B}" { isCode = true }
            if !isCode { text.append(character) }
            if character == "m", isCode { isCode = false }
        }
        #expect(text == line)
    }
}

@Suite("Manifests of sweeps")
struct SweepManifestTests {
    @Test("A job's id depends on the configuration and the overrides, not on their order")
    func identifiers() {
        let first = SweepManifest.identifier(configName: "a", overrides: ["x=1", "y=2"])
        #expect(first == SweepManifest.identifier(configName: "a", overrides: ["y=2", "x=1"]))
        #expect(first != SweepManifest.identifier(configName: "b", overrides: ["x=1", "y=2"]))
        #expect(first != SweepManifest.identifier(configName: "a", overrides: ["x=1y=2"]))
        #expect(first.count == 16)
        // The same in every version: manifests outlive programs.
        #expect(
            SweepManifest.identifier(configName: "fabric_model_fusion", overrides: ["seed=1"]) == "f555f0b82ebd9cae")
    }
}
