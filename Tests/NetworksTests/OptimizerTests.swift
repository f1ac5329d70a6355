import Networks
import OrderedCollections
import Tensors
import Testing

@Suite struct OptimizerTests {
    private let fixture: OptimizerFixture

    init() throws { fixture = try OptimizerFixture.load() }

    /// In binary32, each step has PyTorch's numbers; in binary64, it is what the formula says.
    @Test(arguments: OptimizerFixture.makers.indices, [(DType.float32, 5e-7), (.float64, 2e-6)])
    func trajectoryIsPyTorchs(_ number: Int, _ precision: (dtype: DType, tolerance: Double)) throws {
        let (name, make) = OptimizerFixture.makers[number]
        let expected = try #require(fixture.optimizers[name]).trajectory
        #expect(expected.count == 20)
        var optimizer = make()
        var parameters = try fixture.tensors(fixture.initial, precision.dtype)
        for (gradients, numbers) in zip(fixture.gradients, expected) {
            optimizer.step(&parameters, try fixture.tensors(gradients, precision.dtype))
            try expectNear(parameters, numbers, precision.tolerance, name)
        }
        #expect(optimizer.state.stepCount == 20)
    }

    /// Going on from a kept state gives the bits of never having stopped.
    @Test(arguments: OptimizerFixture.makers.indices)
    func stateRestores(_ number: Int) throws {
        let make = OptimizerFixture.makers[number].make
        var whole = make()
        var parameters = try fixture.tensors(fixture.initial)
        var stopped: (state: OptimizerState, parameters: OrderedDictionary<String, Tensor>)?
        for (step, gradients) in fixture.gradients.enumerated() {
            if step == 7 { stopped = (whole.state, parameters) }
            whole.step(&parameters, try fixture.tensors(gradients))
        }
        var resumed = make()
        let (state, kept) = try #require(stopped)
        var others = kept
        try resumed.restore(state, for: others)
        for gradients in fixture.gradients[7...] { resumed.step(&others, try fixture.tensors(gradients)) }
        #expect(bits(parameters) == bits(others))
        #expect(bits(whole.state.tensors) == bits(resumed.state.tensors))
        // What was kept is not touched by later steps.
        var again = make()
        try again.restore(state, for: kept)
        var third = kept
        for gradients in fixture.gradients[7...] { again.step(&third, try fixture.tensors(gradients)) }
        #expect(bits(parameters) == bits(third))
    }

    @Test func stateThatDoesNotFit() throws {
        var optimizer = Adam()
        var parameters = try fixture.tensors(fixture.initial)
        optimizer.step(&parameters, try fixture.tensors(fixture.gradients[0]))
        var state = optimizer.state
        state.tensors["exp_avg.bias"] = nil
        state.tensors["exp_avg_sq.weight"] = Tensor.zeros([7, 3])
        let error = #expect(throws: OptimizerStateError.self) {
            var other = Adam()
            try other.restore(state, for: parameters)
        }
        #expect(
            error?.problems == [
                .missing(name: "exp_avg.bias"),
                .different(name: "exp_avg_sq.weight", found: .float32, [7, 3], expected: .float32, [3, 7]),
            ])
        #expect(error?.description.contains("exp_avg.bias is missing") == true)
        #expect(throws: OptimizerStateError(problems: [.stepCount(-1)])) {
            var other = SGD()
            try other.restore(OptimizerState(stepCount: -1), for: parameters)
        }
    }

    /// Parameters without a gradient stay; a shared tensor is copied, not written to.
    @Test func whatIsNotChanged() throws {
        let initial = try fixture.tensors(fixture.initial)
        var parameters = initial
        var gradients = try fixture.tensors(fixture.gradients[0])
        gradients["bias"] = nil
        var optimizer = SGD(learningRate: 1)
        optimizer.step(&parameters, gradients)
        #expect(bits(["": try #require(parameters["bias"])]) == bits(["": try #require(initial["bias"])]))
        #expect(bits(parameters) != bits(initial))
        try expectNear(initial, fixture.initial, 0, "initial")
    }

    @Test func schedulesArePyTorchs() throws {
        for (name, schedule) in OptimizerFixture.schedules {
            let expected = try #require(fixture.schedules[name])
            #expect(expected.count == 40)
            for (step, rate) in expected.enumerated() {
                let found = schedule.learningRate(at: step, base: 0.4)
                #expect(abs(found - rate) <= 1e-12, "\(name), step \(step)")
            }
        }
    }

    @Test func warmUp() {
        let schedule = WarmUpSchedule(stepCount: 10, warmUpStepCount: 4, initial: 0.1, minimum: 0.2)
        let rates = (0..<12).map { schedule.learningRate(at: $0, base: 0.5) }
        #expect(rates[0] == 0.1 && abs(rates[2] - 0.3) < 1e-15 && rates[4] == 0.5)
        #expect(abs(rates[7] - 0.35) < 1e-15 && rates[10] == 0.2 && rates[11] == 0.2)
        #expect(rates[5] < rates[4] && rates[5] > rates[6])
        let linear = WarmUpSchedule(stepCount: 10, warmUpStepCount: 0, maximum: 2, decay: .linear)
        #expect(linear.learningRate(at: 0, base: 7) == 2 && linear.learningRate(at: 5, base: 7) == 1)
        #expect(ConstantSchedule().learningRate(at: 3, base: 7) == 7)
    }

    @Test func clippingIsPyTorchs() throws {
        for clipping in fixture.clipping {
            var gradients = try fixture.tensors(fixture.gradients[0])
            let norm = GradientNorm.clip(&gradients, to: clipping.maximum)
            #expect(abs(norm - clipping.norm) <= 1e-6 * clipping.norm)
            try expectNear(gradients, clipping.clipped, 3e-7, "clipped to \(clipping.maximum)")
        }
        #expect(
            fixture.clipping.contains { $0.norm > $0.maximum } && fixture.clipping.contains { $0.norm < $0.maximum })
    }

    @Test func accumulation() throws {
        let parts = try fixture.gradients.prefix(3).map { try fixture.tensors($0) }
        var sum: OrderedDictionary<String, Tensor> = [:]
        for part in parts { GradientNorm.accumulate(part, weight: 0.5, into: &sum) }
        for name in fixture.shapes.keys {
            let values = try #require(sum[name]).array(of: Float.self)
            let inputs = try parts.map { try #require($0[name]).array(of: Float.self) }
            for i in values.indices {
                #expect(values[i] == 0.5 * inputs[0][i] + 0.5 * inputs[1][i] + 0.5 * inputs[2][i])
            }
        }
        try expectNear(parts[0], fixture.gradients[0], 0, "what was added first")
    }

    private func expectNear(
        _ found: OrderedDictionary<String, Tensor>, _ expected: OptimizerFixture.Numbers, _ tolerance: Double,
        _ comment: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(Set(found.keys) == Set(expected.keys), sourceLocation: sourceLocation)
        for (name, tensor) in found {
            let values = try tensor.converted(to: .float64).array(of: Double.self)
            let numbers = try #require(expected[name])
            let size = numbers.reduce(0) { max($0, abs($1)) }
            for (value, number) in zip(values, numbers) {
                let difference = abs(value - number)
                #expect(difference <= tolerance * size, "\(comment): \(name)", sourceLocation: sourceLocation)
            }
        }
    }

    private func bits(_ tensors: OrderedDictionary<String, Tensor>) -> [String: [UInt32]] {
        Dictionary(
            uniqueKeysWithValues: tensors.map { ($0.key, $0.value.array(of: Float.self).map(\.bitPattern)) })
    }
}
