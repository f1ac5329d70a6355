import Testing

@testable import Configuration

@Suite("Interpolations agree with OmegaConf")
struct InterpolationParityTests {
    private struct Failure: Decodable {
        let type: String
        let message: String
    }

    private struct InterpolationFixtures: Decodable {
        struct Case: Decodable {
            let yaml: String
            let resolved: String?
            let error: Failure?
        }

        struct Selection: Decodable {
            let yaml: String
            let key: String
            let value: TaggedValue?
            let error: Failure?
        }

        let environment: [String: String]
        let cases: [Case]
        let select: [Selection]
    }

    private func load(_ yaml: String) throws -> ConfigurationNode {
        let source = SourceText(name: "test.yaml", bytes: Array(yaml.utf8))
        let node = try YAMLReader.read(source)
        return node?.isContainer ?? false ? try #require(node) : try LoadedConfiguration(source).content
    }

    @Test("Resolved configurations, byte for byte")
    func resolved() throws {
        let fixtures = try Fixtures.load("interpolations", as: InterpolationFixtures.self)
        var comparison = Comparison(deviations: [
            // `1`, `1.0` and `true` are one key: writing it twice is an error here, in YAML too.
            "x: a", "1.0: x", "-0.0: c", "b: {1: x, true: y, z: w}", "c: v ${a}",
            // A null key is an error everywhere.
            "x: '${oc.env:FB_TEST_UNSET,{1:a,true:b,null:c,1.5:d}}'",
            // Lists and mappings that resolvers make are values here; OmegaConf refuses them.
            "x: '${oc.select:unknown,[1,2]}'", "x: '${oc.select:unknown,{a:1}}'", "x: '${oc.decode:''[a, b]''}'",
            "x: '${oc.decode:''{a: 1, b: [c]}''}'", "x: '${oc.decode:''[\\${number}, \\${text}]''}'",
            "x: '${oc.decode:${oc.env:FB_TEST_LIST}}'", "x: '${oc.decode:${oc.env:FB_TEST_DICT}}'",
        ])
        for fixture in fixtures.cases {
            let context = ResolutionContext(environment: Fixtures.environment(fixtures.environment))
            var result: String
            do {
                let node = try load(fixture.yaml)
                try node.resolveInPlace(in: context)
                result = node.yaml
            } catch is ConfigurationError {
                result = "error"
            }
            let expected = fixture.resolved ?? "error"
            comparison.check(String(fixture.yaml.split(separator: "\n").last ?? ""), result, expected)
        }
        comparison.finish(atLeast: 700)
    }

    @Test("Selected values")
    func selected() throws {
        let fixtures = try Fixtures.load("interpolations", as: InterpolationFixtures.self)
        // An unclosed bracket crashes in Python.
        var comparison = Comparison(deviations: ["[a"])
        for fixture in fixtures.select {
            let context = ResolutionContext(environment: Fixtures.environment(fixtures.environment))
            let result: String
            do {
                let root = try load(fixture.yaml)
                let node = try root.select(fixture.key, in: context)
                result = node.map { $0.isMissing ? "null" : $0.notation } ?? "null"
            } catch let error as ConfigurationError {
                if case .interpolationThroughScalar = error.problem {
                    result = "null"
                } else {
                    result = "error"
                }
            }
            comparison.check(fixture.key, result, fixture.value?.notation ?? "error")
        }
        comparison.finish(atLeast: 100)
    }
}
