import Configuration
import Testing

@testable import FusionBench

@Suite("Numbers that differ from parameter to parameter")
struct ParameterSettingTests {
    private let names = [
        "model.embed_tokens.weight", "model.layers.0.mlp.up_proj.weight", "model.layers.1.self_attn.q_proj.weight",
        "model.layers.2.mlp.up_proj.weight", "model.norm.weight",
    ]

    private func value(_ yaml: String) throws -> ConfigurationValue {
        try #require(try ConfigurationValue(yaml: "value: " + yaml)["value"])
    }

    private func setting(_ yaml: String) throws -> ParameterSetting {
        try #require(ParameterSetting.decode(.value(try value(yaml))))
    }

    @Test("One number for all")
    func number() throws {
        #expect(try setting("0.5").values(for: names, fallback: 9) == [0.5, 0.5, 0.5, 0.5, 0.5])
        #expect(try setting("2").values(for: names, fallback: 9) == [2, 2, 2, 2, 2])
    }

    @Test("The first filter that fits counts; without one the fallback does")
    func filters() throws {
        let rules = "[{filter: mlp, value: 0.1}, {filter: 'layers\\.[12]\\.', value: 0.2}]"
        #expect(try setting(rules).values(for: names, fallback: 9) == [9, 0.1, 0.2, 0.1, 9])
        #expect(
            try setting("[{filter: self_attn, value: 1}, {value: 3}]").values(for: names, fallback: 9) == [
                3, 3, 1, 3, 3,
            ])
        #expect(try setting("[{filter: '*', value: 4}]").values(for: names, fallback: 9) == [4, 4, 4, 4, 4])
    }

    @Test("A list of numbers is a gradient over the layers; other parameters take its first number")
    func gradients() throws {
        #expect(try setting("[0, 1]").values(for: names, fallback: 9) == [0, 0, 0.5, 1, 0])
        #expect(
            try setting("[{filter: mlp, value: [1, 0, 5]}, {value: 2}]").values(for: names, fallback: 9) == [
                2, 1, 2, 5, 2,
            ])
        #expect(LayerPlaces(["a.0.b"]).place(of: "a.0.b") == 1)
        #expect(LayerPlaces(["a.0.b", "c.7.d"]).place(of: "c.7.d") == 1)
    }

    @Test("A filter that no name can have made slow")
    func slowFilter() throws {
        let filter = try NameFilter("^(a+)+$")
        #expect(!filter.fits(String(repeating: "a", count: 5000) + "!"))
    }

    @Test("What is wrong with a filter is told, wherever it stands")
    func filterProblems() throws {
        let rules = "[{filter: mlp, value: 1}, {filter: 'a(b', value: 2}]"
        let problem = "'a(b' is no regular expression: a parenthesis is not closed (at character 3)"
        #expect(ParameterSetting.problem(with: .value(try value(rules))) == problem)
        #expect(ModelSetting.problem(with: .value(try value(rules))) == problem)
        #expect(ModelSetting.problem(with: .value(try value("{model: \(rules)}"))) == problem)
        #expect([ParameterSetting].problem(with: .value(try value("[0.3, \(rules)]"))) == problem)
        #expect([NamePattern]?.problem(with: .value(try value("['a(b']"))) == problem)
        #expect(ParameterSetting.problem(with: .value(try value("[{filter: '*', value: 1}]"))) == nil)
        #expect(ParameterSetting.problem(with: .value(try value("word"))) == nil)
    }

    @Test(
        "Anything else is refused",
        arguments: [
            "word", "[]", "[{filter: a}]", "[{value: b}]", "[{filter: '(', value: 1}]", "{filter: a, value: 1}",
            "[{filter: a, value: 1, weight: 2}]", "[{filter: 3, value: 1}]", "[{value: []}]", "null",
        ])
    func refused(_ yaml: String) throws {
        #expect(ParameterSetting.decode(.value(try value(yaml))) == nil)
    }
}
