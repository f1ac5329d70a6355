import CKernels
import TestSupport
import Testing

/// Element-wise loops of each form, against the same arithmetic in plain Swift.
@Suite struct ArithmeticLoopTests {
    /// All short lengths, and some around the ends of blocks.
    private static let lengths = Array(0...130) + [255, 256, 257, 511, 512, 767, 768, 769, 1023, 1025, 2048, 3001]

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func scale(_ form: KernelForm, _ type: StoredType) throws {
        try forEachLength(type) { x, values, y, result, weight in
            form.loops.scale(type.element, x.address, weight, floats(result), values.count)
            return values.map { weight * $0 }
        }
    }

    @Test(arguments: KernelForm.all)
    func scaleInPlace(_ form: KernelForm) throws {
        try forEachLength(.float32) { x, values, y, result, weight in
            result.bytes.copyMemory(from: UnsafeRawBufferPointer(x.bytes))
            form.loops.scale_in_place(floats(result), weight, values.count)
            return values.map { weight * $0 }
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func accumulate(_ form: KernelForm, _ type: StoredType) throws {
        try forEachLength(type) { x, values, y, result, weight in
            y.withUnsafeBytes { result.bytes.copyMemory(from: $0) }
            form.loops.accumulate(type.element, x.address, weight, floats(result), values.count)
            return zip(values, y).map { value, sum in sum + weight * value }
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func accumulateDifference(_ form: KernelForm, _ type: StoredType) throws {
        var random = SplitMix64(seed: 4)
        try forEachLength(type) { x, values, y, result, weight in
            let baseBytes = type.moderateBytes(values.count, &random)
            let base = try GuardedMemory(baseBytes, slack: values.count % 5)
            y.withUnsafeBytes { result.bytes.copyMemory(from: $0) }
            form.loops.accumulate_difference(
                type.element, x.address, base.address, weight, floats(result), values.count)
            let baseValues = type.decoded(baseBytes)
            return values.indices.map { y[$0] + weight * (values[$0] - baseValues[$0]) }
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func difference(_ form: KernelForm, _ type: StoredType) throws {
        var random = SplitMix64(seed: 5)
        try forEachLength(type) { x, values, y, result, weight in
            let baseBytes = type.moderateBytes(values.count, &random)
            let base = try GuardedMemory(baseBytes, slack: values.count % 5)
            form.loops.difference(type.element, x.address, base.address, floats(result), values.count)
            return zip(values, type.decoded(baseBytes)).map { $0 - $1 }
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func addScaled(_ form: KernelForm, _ type: StoredType) throws {
        try forEachLength(type) { x, values, y, result, weight in
            let delta = try GuardedMemory(y)
            form.loops.add_scaled(
                type.element, x.address, UnsafePointer(floats(delta)), weight, floats(result), values.count)
            return zip(values, y).map { value, delta in value + weight * delta }
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func weightedSum(_ form: KernelForm, _ type: StoredType) throws {
        var random = SplitMix64(seed: 6)
        for (number, count) in Self.lengths.enumerated() {
            let inputCount = number % 6
            let bytes = (0..<inputCount).map { _ in type.moderateBytes(count, &random) }
            let inputs = try bytes.map { try GuardedMemory($0, slack: random.below(8)) }
            let weights = moderateFloats(inputCount, &random)
            let result = try GuardedMemory(count: count * 4)
            form.loops.weighted_sum(
                type.element, inputs.map { UnsafeRawPointer($0.address) }, weights, inputCount, floats(result), count)
            let decoded = bytes.map(type.decoded)
            let expected = (0..<count).map { i in
                let terms = zip(weights, decoded).map { weight, values in weight * values[i] }
                return terms.dropFirst().reduce(terms.first ?? 0, +)
            }
            #expect(comparableBits(result.values()) == comparableBits(expected), "\(count) elements")
            #expect(result.surroundingsAreIntact)
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func firstNonFinite(_ form: KernelForm, _ type: StoredType) throws {
        var random = SplitMix64(seed: 7)
        for count in Self.lengths + [4095, 4097, 6000] {
            var bytes = type.moderateBytes(count, &random)
            func found() throws -> Int {
                let x = try GuardedMemory(bytes, slack: count % 8)
                return form.loops.first_non_finite(type.element, x.address, count)
            }
            try #expect(found() == count)
            guard count > 0 else { continue }
            // The last ones first, so that each is found although others follow.
            for index in [count - 1, random.below(count), 0].sorted(by: >) {
                var element = type.infinity
                // Infinity, or NaN of the smallest payload; of either sign.
                if random.chance(percent: 50) { element[0] |= 1 }
                if random.chance(percent: 50) { element[type.byteCount - 1] |= 0x80 }
                bytes.replaceSubrange(index * type.byteCount..<(index + 1) * type.byteCount, with: element)
                try #expect(found() == index)
            }
        }
    }

    /// The largest finite numbers are finite, subnormal ones too.
    @Test(arguments: KernelForm.all)
    func everyHalfIsFiniteOrNot(_ form: KernelForm) {
        for element in [CKERNELS_FLOAT16, CKERNELS_BFLOAT16] {
            let infinity: UInt16 = element == CKERNELS_FLOAT16 ? 0x7C00 : 0x7F80
            let wrong = (UInt16.min...UInt16.max).filter { half in
                let isFinite = withUnsafeBytes(of: half) { bytes in
                    bytes.baseAddress.map { form.loops.first_non_finite(element, $0, 1) == 1 }
                }
                return isFinite != (half & 0x7FFF < infinity)
            }
            #expect(wrong.isEmpty)
        }
    }

    // The loop over lengths, addresses and kinds of numbers.

    private func floats(_ memory: GuardedMemory) -> UnsafeMutablePointer<Float> {
        memory.address.assumingMemoryBound(to: Float.self)
    }

    /// Runs a loop for each length, with moderate numbers and with any bits, and compares what it wrote.
    ///
    /// The body gets elements as stored and as numbers, other numbers, room for the result, and a weight. It returns what
    /// is expected.
    private func forEachLength(
        _ type: StoredType,
        _ body: (GuardedMemory, [Float], [Float], GuardedMemory, Float) throws -> [Float]
    ) throws {
        var random = SplitMix64(seed: 3)
        for count in Self.lengths {
            for hasAnyBits in [false, true] {
                let bytes = hasAnyBits ? type.anyBytes(count, &random) : type.moderateBytes(count, &random)
                let y = hasAnyBits ? anyFloats(count, &random) : moderateFloats(count, &random)
                let weight = Float(random.number(in: -1000...1000)) / 300
                let x = try GuardedMemory(bytes, slack: count % 8)
                let result = try GuardedMemory(count: count * 4)
                let expected = try body(x, type.decoded(bytes), y, result, weight)
                #expect(comparableBits(result.values()) == comparableBits(expected), "\(count) elements")
                #expect(result.surroundingsAreIntact)
            }
        }
    }
}
