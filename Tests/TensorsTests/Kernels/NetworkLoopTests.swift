import CKernels
import TestSupport
import Testing

@testable import Tensors

/// The loops of networks: all forms give the same bits, and those are near what `Double` gives.
@Suite struct NetworkLoopTests {
    private static let columnCounts = [1, 2, 15, 16, 31, 32, 33, 64, 100, 768]
    private static let rows = 3

    @Test(arguments: ElementwiseFunction.allCases)
    func functions(_ function: ElementwiseFunction) throws {
        var random = SplitMix64(seed: 21)
        let inputs = Self.inputs(&random)
        let f = function.kernelFunction
        try expectSameBits(inputs.count) { loops, result in loops.apply(f, inputs, result, inputs.count) }
        let ones = [Float](repeating: 1, count: inputs.count)
        try expectSameBits(inputs.count) { loops, result in
            loops.apply_gradient(f, inputs, ones, result, inputs.count)
        }
        var values = inputs
        Float.apply(function, inputs, &values, inputs.count)
        var slopes = inputs
        Float.applyGradient(function, inputs, ones, &slopes, inputs.count)
        for (index, x) in inputs.enumerated() {
            expectNear(values[index], function.value(Double(x)), at: x)
            expectNear(slopes[index], function.derivative(Double(x)), at: x)
        }
    }

    /// Small and large numbers, and what is not finite.
    private static func inputs(_ random: inout SplitMix64) -> [Float] {
        let spread = (0..<5000).map { _ in Float(random.number(in: -100_000...100_000)) * 1e-4 }
        let special: [Float] = [
            0, -0.0, 1e-30, -1e-30, Float(bitPattern: 71_362), 1e30, -1e30, 88.7, 88.8, -87.3, -87.4, -110, 0.5, -0.5,
            .infinity, -.infinity,
            .nan,
        ]
        return spread + special
    }

    private func expectNear(
        _ found: Float, _ expected: Double, at x: Float, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        // Where both lose all digits, such as 0 · ∞, any of them will do.
        if expected.isNaN || !x.isFinite { return }
        let rounded = Float(expected)
        if rounded == found { return }
        let difference = abs(Double(found) - expected)
        #expect(
            difference <= 6e-7 * max(abs(expected), 0.5) || abs(expected) > Double(Float.greatestFiniteMagnitude) / 4,
            "\(found) instead of \(expected) at \(x)", sourceLocation: sourceLocation)
    }

    @Test func exponentialIsExactToTheLastPlaces() {
        var random = SplitMix64(seed: 22)
        let inputs = (0..<20000).map { _ in Float(random.number(in: -8_700_000...8_800_000)) * 1e-5 }
        var values = inputs
        Float.apply(.exponential, inputs, &values, inputs.count)
        for (x, value) in zip(inputs, values) {
            let expected = ElementwiseFunction.exponential.value(Double(x))
            #expect(abs(Double(value) - expected) <= 2e-7 * expected, "at \(x)")
        }
        var logarithms = values
        Float.apply(.logarithm, values, &logarithms, values.count)
        for (value, logarithm) in zip(values, logarithms) {
            let expected = ElementwiseFunction.logarithm.value(Double(value))
            #expect(abs(Double(logarithm) - expected) <= 2e-7 * max(abs(expected), 1e-2), "of \(value)")
        }
    }

    @Test func notFinite() {
        var values: [Float] = [0, 0, 0, 0, 0, 0, 0]
        Float.apply(.exponential, [.infinity, -.infinity, .nan], &values, 3)
        #expect(values[0] == .infinity && values[1] == 0 && values[2].isNaN)
        Float.apply(.logarithm, [.infinity, 0, -1, .nan, 1, Float(bitPattern: 71_362), -0.0], &values, 7)
        #expect(values[0] == .infinity && values[1] == -.infinity && values[2].isNaN && values[3].isNaN)
        #expect(values[4] == 0 && abs(values[5] + 92.10340) < 1e-4 && values[6] == -.infinity)
        Float.apply(.tangent, [.infinity, -.infinity, .nan, 1e-10], &values, 4)
        #expect(values[0] == 1 && values[1] == -1 && values[2].isNaN && values[3] == 1e-10)
        Float.apply(.relu, [.nan, -1, .infinity], &values, 3)
        #expect(values[0].isNaN && values[1] == 0 && values[2] == .infinity)
    }

    @Test(arguments: columnCounts)
    func rowsOf(_ columns: Int) throws {
        var random = SplitMix64(seed: UInt64(columns))
        let count = Self.rows * columns
        let memories = try [count, count, count, columns, columns, Self.rows, Self.rows].map { count in
            try GuardedMemory(moderateFloats(count, &random))
        }
        defer { withExtendedLifetime(memories) {} }
        let inputs = memories.map { UnsafePointer($0.address.assumingMemoryBound(to: Float.self)) }
        let (x, y, gradient, weight, bias) = (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4])
        let (mean, deviation) = (inputs[5], inputs[6])
        let hidden = try GuardedMemory((0..<columns).map { _ in UInt8(random.below(2)) })
        defer { withExtendedLifetime(hidden) {} }
        let mask = UnsafePointer(hidden.address.assumingMemoryBound(to: UInt8.self))
        let rows = Self.rows
        for operation in ElementwiseOperation.allCases {
            let o = operation.kernelOperation
            try expectSameBits(count) { loops, result in loops.combine(o, x, 1, y, 1, result, count) }
            try expectSameBits(count) { loops, result in loops.combine(o, x, 0, y, 1, result, count) }
            try expectSameBits(count) { loops, result in loops.combine(o, x, 1, y, 0, result, count) }
        }
        try expectSameBits(2 * count) { loops, result in
            loops.add_bias_and_apply(CKERNELS_GELU, x, columns, bias, result + count, result, rows, columns)
        }
        try expectSameBits(columns) { loops, result in
            loops.add_bias_and_apply(CKERNELS_IDENTITY, x, columns, bias, nil, result, 1, columns)
            for i in 0..<columns { #expect(result[i] == x[i] + bias[i]) }
        }
        try expectSameBits(count + columns) { loops, result in
            (result + count).update(repeating: 1, count: columns)
            loops.apply_gradient_and_sum(CKERNELS_QUICK_GELU, x, gradient, result, result + count, rows, columns)
        }
        try expectSameBits(columns) { loops, result in
            result.update(repeating: 1, count: columns)
            loops.sum_columns(x, result, rows, columns)
        }
        try expectSameBits(2 * count + 2 * rows) { loops, result in
            var arguments = ckernels_layer_norm(
                x: x, update: y, update_bias: bias, sum: result + count, weight: weight, bias: bias, epsilon: 1e-5,
                result: result, mean: result + 2 * count, inverse_deviation: result + 2 * count + rows, rows: rows,
                columns: columns)
            loops.layer_norm(&arguments)
        }
        for accumulates: Int32 in [0, 1] {
            try expectSameBits(count + 2 * columns) { loops, result in
                result.update(repeating: 1, count: count + 2 * columns)
                var arguments = ckernels_layer_norm_gradient(
                    x: x, mean: mean, inverse_deviation: deviation, weight: weight, gradient: gradient, result: result,
                    accumulates: accumulates, weight_gradient: result + count,
                    bias_gradient: result + count + columns, rows: rows, columns: columns)
                loops.layer_norm_gradient(&arguments)
            }
        }
        for (visible, step) in [(columns, 0), (columns / 2, 1), (0, 1)] {
            try expectSameBits(count) { loops, result in
                var arguments = ckernels_softmax(
                    x: x, scale: 0.7, visible: visible, visible_step: step, mask: mask, result: result, rows: rows,
                    columns: columns)
                loops.softmax(&arguments)
            }
        }
        try expectSameBits(count) { $0.softmax_gradient(x, gradient, 0.3, $1, rows, columns) }
        try expectSameBits(count) { $0.log_softmax(x, $1, rows, columns) }
        try expectSameBits(count) { $0.log_softmax_gradient(x, gradient, $1, rows, columns) }
    }

    /// Steps of optimizers, of parameters that lie behind each other with what optimizers remember.
    @Test(arguments: columnCounts)
    func optimizerSteps(_ count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let memories = try (0..<2).map { _ in try GuardedMemory(moderateFloats(count, &random)) }
        defer { withExtendedLifetime(memories) {} }
        let inputs = memories.map { UnsafePointer($0.address.assumingMemoryBound(to: Float.self)) }
        for (hasVelocity, begins, looksAhead): (Bool, Int32, Int32) in [
            (false, 0, 0), (true, 1, 0), (true, 0, 0), (true, 0, 1), (true, 1, 1),
        ] {
            try expectSameBits(2 * count) { loops, result in
                result.update(from: inputs[0], count: count)
                (result + count).update(repeating: 0.25, count: count)
                var arguments = ckernels_sgd_step(
                    parameter: result, gradient: inputs[1], velocity: hasVelocity ? result + count : nil,
                    begins: begins, looks_ahead: looksAhead, direction: -1, weight_decay: 0.1, momentum: 0.9,
                    gradient_weight: 0.7, learning_rate: 0.3, count: count)
                loops.sgd_step(&arguments)
                #expect(hasVelocity || result[count] == 0.25)
            }
        }
        for hasLargest in [false, true] {
            try expectSameBits(4 * count) { loops, result in
                result.update(from: inputs[0], count: count)
                (result + count).update(repeating: 0.25, count: 3 * count)
                var arguments = ckernels_adam_step(
                    parameter: result, gradient: inputs[1], mean: result + count, mean_square: result + 2 * count,
                    largest_mean_square: hasLargest ? result + 3 * count : nil, direction: 1, parameter_scale: 0.99,
                    weight_decay: 0.1, mean_weight: 0.1, mean_square_keep: 0.9, mean_square_weight: 0.1,
                    root_correction: 0.5, epsilon: 1e-8, step_size: 0.3, count: count)
                loops.adam_step(&arguments)
                #expect(hasLargest || result[3 * count] == 0.25)
            }
        }
    }

    /// Compares the results of all forms, in memory with guards behind it.
    private func expectSameBits(
        _ count: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (ckernels_networks, UnsafeMutablePointer<Float>) -> Void
    ) throws {
        let results = try KernelForm.all.map { form in
            let memory = try GuardedMemory(count: count * 4)
            body(form.loops.networks, memory.address.assumingMemoryBound(to: Float.self))
            #expect(memory.surroundingsAreIntact, "\(form.name)", sourceLocation: sourceLocation)
            return comparableBits(memory.values())
        }
        for (form, result) in zip(KernelForm.all, results) {
            #expect(result == results[0], "\(form.name)", sourceLocation: sourceLocation)
        }
    }
}
