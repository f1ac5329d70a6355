import RegularExpressions
import Testing

@testable import FusionBench

@Suite("Which layers are adapted")
struct TargetModulesTests {
    private static let modules = [
        "encoder.layers.0.self_attn.q_proj", "encoder.layers.0.mlp.fc1", "encoder.layers.1.self_attn.q_proj",
    ]

    @Test(
        "Names are last components; expressions match whole names, as in PEFT",
        arguments: [
            (TargetModules.all, [0, 1, 2]), (.names(["q_proj"]), [0, 2]), (.names(["layers.1.self_attn.q_proj"]), [2]),
            (.names(["proj"]), []), (.pattern(try RegularExpression("q_proj")), [0, 2]),
            (.pattern(try RegularExpression(#".*\.layers\.[1-9]\..*"#)), [2]),
            (.pattern(try RegularExpression(#"vision_model\.encoder\.layers\.0\.(mlp\.fc1|.*q_proj)"#)), [0, 1]),
            (.pattern(try RegularExpression("encoder")), []),
        ])
    func contains(_ targets: TargetModules, _ expected: [Int]) {
        #expect(Self.modules.indices.filter { targets.contains(Self.modules[$0]) } == expected)
    }

    @Test("What names no layer is told")
    func unknown() throws {
        #expect(TargetModules.names(["q_proj", "q_prj"]).unknownNames(among: Self.modules) == ["q_prj"])
        #expect(try TargetModules.pattern(RegularExpression("q_.*")).unknownNames(among: Self.modules) == ["q_.*"])
        #expect(try TargetModules.pattern(RegularExpression(".*q_.*")).unknownNames(among: Self.modules).isEmpty)
    }

    @Test("They are read from a configuration")
    func configuration() throws {
        func targets(_ yaml: String) throws -> TargetModules? {
            let method = try MergingRun.method(FinetuningRun.finetune + "use_lora: true\nlora_config: {\(yaml)}\n")
            return (method as? CLIPFinetune)?.settings.adaptation?.targetModules
        }
        #expect(try targets("r: 4") == .all && targets("target_modules: all-linear") == .all)
        #expect(try targets("target_modules: [q_proj, fc1]") == .names(["q_proj", "fc1"]))
        #expect(try targets(#"target_modules: ".*fc[12]""#) == .pattern(RegularExpression(".*fc[12]")))
        #expect(throws: (any Error).self) { try targets(#"target_modules: "fc[12""#) }
    }
}
