import RegularExpressions
import Testing

@testable import Checkpoints

/// The settings of adapters.
@Suite("Settings of LoRA adapters")
struct LoRAConfigurationTests {
    private func configuration(_ settings: String) throws -> LoRAConfiguration {
        try LoRAConfiguration(parsing: Array(settings.utf8), path: "adapter_config.json")
    }

    @Test("Ranks and scales follow the first pattern that matches the end of a name")
    func patterns() throws {
        let configuration = try configuration(
            #"""
            {"peft_type": "LORA", "r": 8, "lora_alpha": 16, "base_model_name_or_path": "a/b",
             "rank_pattern": {"0.query": 2, "^model\\.layers\\.[12]\\.value": 4, "query": 16},
             "alpha_pattern": {"layers\\.\\d+\\.(query|key)": 4.5}}
            """#)
        #expect(configuration.baseModel == "a/b")
        let cases = [
            ("model.layers.0.query", 2, 2.25), ("layers.10.query", 16, 0.28125), ("layers.1.query", 16, 0.28125),
            ("model.layers.1.value", 4, 4), ("x.model.layers.1.value", 8, 2), ("model.layers.3.value", 8, 2),
            ("model.layers.3.key", 8, 0.5625), ("my_query", 8, 2), ("query", 16, 1), ("query.weight", 8, 2),
        ]
        for (module, rank, scale) in cases {
            #expect(configuration.rank(of: module) == rank, "\(module)")
            #expect(configuration.scale(of: module) == scale, "\(module)")
        }
    }

    @Test("Names are compared as the expression that they are")
    func plainNames() throws {
        let names = [
            "query", "a.query", "layers.1.query", "1.query", "myquery", "layersx1xquery", "layers.1.quer", "", ".",
            "query.",
        ]
        for name in names {
            let pattern = try ModulePattern(name)
            // The same as an expression that is no name.
            let expression = try ModulePattern("(?:\(name))")
            for module in names + ["model.layers.1.query", "ключ.query", "x.y"] {
                #expect(pattern.matches(module) == expression.matches(module), "\(name) \(module)")
            }
        }
    }

    @Test("Without settings they are those of PEFT")
    func defaults() throws {
        let plain = try configuration(#"{"peft_type": "LORA", "rank_pattern": null, "bias": "all"}"#)
        #expect(plain.rank == 8 && plain.alpha == 8 && !plain.isRankStabilized && !plain.isTransposed)
        #expect(plain.baseModel == nil)
        #expect(try configuration(#"{"peft_type": "LORA", "r": 4, "use_rslora": true}"#).scale(of: "a") == 4)
    }

    @Test("Everything that is wrong is listed at once")
    func mistakes() throws {
        let error = try #require(throws: CheckpointError.self) {
            try configuration(
                #"""
                {"peft_type": "LORA", "r": 0, "lora_alpha": "16", "use_rslora": 1, "rank_pattern": {"a": 1.5, "(": 2},
                 "alpha_pattern": [], "use_dora": true, "trainable_token_indices": [1], "layer_replication": [],
                 "init_lora_weights": "pissa_niter_16"}
                """#)
        }
        guard case .invalidAdapter("adapter_config.json", let problems) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(
            problems == [
                .unsupportedSetting("use_dora", value: "true", reason: "DoRA also learns magnitudes"),
                .unsupportedSetting("trainable_token_indices", value: "[1]", reason: "it also trains single tokens"),
                .unsupportedSetting(
                    "init_lora_weights", value: #""pissa_niter_16""#,
                    reason:
                        "this initialization changes the base; let PEFT convert the adapter to LoRA when it saves it"),
                .wrongSetting("r", expected: "a whole number above 0"),
                .wrongSetting("lora_alpha", expected: "a number"),
                .wrongSetting("use_rslora", expected: "true or false"),
                .wrongSetting("rank_pattern.a", expected: "whole numbers above 0"),
                .invalidPattern(
                    RegularExpressionProblem(pattern: "(", problem: "a parenthesis is not closed", offset: 2)),
                .wrongSetting("alpha_pattern", expected: "an object"),
            ])
        for problem in problems { #expect(error.description.contains(problem.description)) }
    }

    @Test(
        "Other methods and what is no configuration are refused",
        arguments: [
            (#"{"peft_type": "IA3"}"#, #"'peft_type' is "IA3", which cannot be merged"#),
            ("{}", "'peft_type' is missing"), ("[]", "'adapter_config' should be an object"), ("{", "at byte 1"),
        ])
    func otherMethods(_ settings: String, _ problem: String) throws {
        let error = try #require(throws: CheckpointError.self) { try configuration(settings) }
        #expect(error.description.contains(problem), "\(error)")
    }
}
