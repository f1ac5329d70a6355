import OrderedCollections
import Testing

@testable import Configuration

@Suite("Instantiation")
struct InstantiationTests {
    private struct Optimizer: Equatable {
        let rate: Double
        let steps: Int?
    }

    private struct Method {
        let name: String
        let weights: [Double]
        let optimizer: Optimizer?
        let options: ConfigurationValue?
    }

    private var registry: TargetRegistry {
        var registry = TargetRegistry()
        registry.register(
            "torch.optim.Adam", "optimizers.Adam", parameters: Parameter("lr", default: 0.001),
            Parameter<Int?>("steps", default: nil)
        ) { Optimizer(rate: $0, steps: $1) }
        registry.register(
            "fusion.Method", parameters: Parameter<String>("name"), Parameter<[Double]>("weights", default: [1]),
            Parameter<Optimizer?>.object("optimizer", default: .some(nil)),
            Parameter<ConfigurationValue?>("options", default: nil)
        ) { Method(name: $0, weights: $1, optimizer: $2, options: $3) }
        registry.register("fusion.Lenient", parameters: Parameter("flag", default: false), additional: .areIgnored) {
            $0
        }
        registry.register("fusion.Mapping", parameters: Parameter<OrderedDictionary<String, Int>>("counts")) { $0 }
        registry.registerLegacyName("clip_layer_wise_adamerging", .method, target: "fusion.Method")
        return registry
    }

    private func value(_ yaml: String) throws -> ConfigurationValue {
        let node = try LoadedConfiguration.container(SourceText(name: "method.yaml", bytes: Array(yaml.utf8)))
        try node.resolveInPlace(in: ResolutionContext())
        return node.value
    }

    private func make(_ yaml: String, legacy: TargetRegistry.LegacyKind? = nil) throws -> Any {
        try Instantiator(registry).instantiate(try value(yaml), legacy: legacy)
    }

    private func failure(_ yaml: String, legacy: TargetRegistry.LegacyKind? = nil) -> String {
        do {
            let object = try make(yaml, legacy: legacy)
            return "made \(object)"
        } catch let error as ConfigurationError {
            return ErrorReport(usesColor: false).text(error)
        } catch {
            return "\(error)"
        }
    }

    @Test("Arguments get their types and defaults")
    func typedArguments() throws {
        #expect(try make("_target_: torch.optim.Adam") as? Optimizer == Optimizer(rate: 0.001, steps: nil))
        #expect(try make("{_target_: optimizers.Adam, lr: 1, steps: 5}") as? Optimizer == Optimizer(rate: 1, steps: 5))
        let method = try #require(try make("{_target_: fusion.Method, name: ties, weights: [1, 2.5]}") as? Method)
        #expect(method.name == "ties" && method.weights == [1, 2.5] && method.optimizer == nil)
        let counts = try make("{_target_: fusion.Mapping, counts: {b: 1, a: 2}}") as? OrderedDictionary<String, Int>
        #expect(counts == ["b": 1, "a": 2])
    }

    @Test("Targets of another registry take further arguments")
    func furtherArguments() throws {
        var outer = TargetRegistry()
        outer.register(
            registry, withParameters: Parameter<Int?>("times", default: nil), Parameter("plus", default: 0.0)
        ) { object, times, plus in
            guard let optimizer = object as? Optimizer, let times else { return object }
            return Optimizer(rate: optimizer.rate * Double(times) + plus, steps: optimizer.steps)
        }
        func make(_ yaml: String) throws -> Any { try Instantiator(outer).instantiate(value(yaml)) }
        #expect(outer.names == registry.names)
        #expect(
            try make("{_target_: torch.optim.Adam, lr: 2, times: 3, plus: 1}") as? Optimizer
                == Optimizer(rate: 7, steps: nil))
        #expect(
            try make("{_target_: optimizers.Adam, _args_: [2, 4, 5]}") as? Optimizer == Optimizer(rate: 10, steps: 4))
        #expect(try make("{_target_: torch.optim.Adam, lr: 2}") as? Optimizer == Optimizer(rate: 2, steps: nil))
        #expect(try make("{_target_: fusion.Lenient, flag: true, times: 3, more: 1}") as? Bool == true)
        let error = #expect(throws: ConfigurationError.self) {
            try make("{_target_: torch.optim.Adam, lr: fast, times: 1.5, rate: 2}")
        }
        let text = error.map(ErrorReport(usesColor: false).text) ?? ""
        for part in ["'lr'", "'times'", "'rate'"] { #expect(text.contains(part), "\(text)") }
    }

    @Test("Nested targets are made first, unless _recursive_ is false")
    func recursion() throws {
        let nested =
            "name: x\noptimizer: {_target_: torch.optim.Adam, lr: 0.5}\noptions: {inner: {_target_: torch.optim.Adam}}"
        let method = try #require(try make("_target_: fusion.Method\n" + nested) as? Method)
        #expect(method.optimizer == Optimizer(rate: 0.5, steps: nil))
        let text = failure("_target_: fusion.Method\n_recursive_: false\n" + nested)
        #expect(text.contains("Argument 'optimizer' of fusion.Method must be a configuration of"))
    }

    @Test("_partial_ keeps the target for later, _args_ are positional")
    func partial() throws {
        let partial = try #require(
            try make("{_target_: torch.optim.Adam, _partial_: true, lr: '???'}") as? PartialTarget)
        let rate = ConfigurationValue(.scalar(.float(0.25)), origin: Origin(.runtime), path: "lr")
        #expect(try partial([("lr", .value(rate))]) as? Optimizer == Optimizer(rate: 0.25, steps: nil))
        #expect(try make("{_target_: torch.optim.Adam, _args_: [2, 3]}") as? Optimizer == Optimizer(rate: 2, steps: 3))
        #expect(failure("{_target_: torch.optim.Adam, _args_: [1, 2, 3]}").contains("takes at most 2 arguments"))
    }

    @Test("The older form without _target_")
    func legacy() throws {
        let yaml = "name: clip_layer_wise_adamerging\nweights: [1]"
        #expect(failure(yaml, legacy: .method).contains("fusion.Method needs the argument 'name' (a string)"))
        #expect(
            failure("name: clip_layer_wise_adamergin", legacy: .method).contains(
                "did you mean 'clip_layer_wise_adamerging'?"))
        #expect(failure(yaml).contains("has no '_target_'"))
    }

    @Test("Every mistake is named with its key, place, and what is expected")
    func mistakes() {
        #expect(
            failure("_target_: fusion.Method\nnam: x\nweights: 3\n") == """
                error: fusion.Method needs the argument 'name' (a string)
                  --> method.yaml:1:11
                   |
                 1 | _target_: fusion.Method
                   |           ^
                error: Argument 'weights' of fusion.Method must be a list, each item a number, not the whole number 3
                  --> method.yaml:3:10
                   |
                 3 | weights: 3
                   |          ^
                error: fusion.Method has no argument 'nam'; did you mean 'name'?
                  --> method.yaml:2:1
                   |
                 2 | nam: x
                   | ^
                Arguments: name, weights, optimizer, options
                """)
        #expect(
            failure("_target_: torch.optim.Adm").contains(
                "'torch.optim.Adm' is not known here; did you mean 'torch.optim.Adam'?"))
        #expect(failure("{_target_: fusion.Method, name: 010}").contains("must be a string, not the whole number 8\n"))
        #expect(failure("{_target_: fusion.Method, name: 010}").contains("put it in quotes"))
        #expect(failure("{_target_: fusion.Method, name: '???'}").contains("A value must be given for 'name'"))
        #expect(failure("{_target_: 5}").contains("'_target_' must be a name, not the whole number 5"))
        #expect(failure("_target_: ???").contains("A value must be given for '_target_'"))
        #expect(failure("{_target_: torch.optim.Adam, _recursive_: 1}").contains("'_recursive_' must be true or false"))
        #expect(
            failure("{_target_: torch.optim.Adam, _convert_: some}").contains(
                "'_convert_' must be one of none, partial, object, all"))
        #expect(failure("{_target_: fusion.Lenient, other: 1}") == "made false")
    }
}
