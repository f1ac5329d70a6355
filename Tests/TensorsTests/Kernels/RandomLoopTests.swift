import CKernels
import TestSupport
import Testing

@testable import Tensors

/// Ranges of random elements in each form, against single elements in Swift.
@Suite struct RandomLoopTests {
    private static let stream = RandomStream(seed: 0x1234_5678_9ABC_DEF0, purpose: "test", name: "vision_model.weight")
    /// The first elements, ranges that start anywhere, and counters of more than 32 bits.
    private static let starts: [UInt64] = [0, 1, 2, 3, 5, 31, 32, 33, 1000, 1 << 34 - 3, 1 << 40 + 7]
    private static let lengths = Array(0...70) + [127, 128, 129, 1000]

    @Test(arguments: KernelForm.all)
    func uniformFloat(_ form: KernelForm) throws {
        try forEachRange { start, count in
            let result = try GuardedMemory(count: count * 4)
            form.loops.uniform_float32(kernelStream, start, result.address.assumingMemoryBound(to: Float.self), count)
            #expect(result.values() == elements(start, count) { Self.stream.uniformFloat(at: $0) })
            #expect(result.surroundingsAreIntact)
        }
    }

    @Test(arguments: KernelForm.all)
    func uniformDouble(_ form: KernelForm) throws {
        try forEachRange { start, count in
            let result = try GuardedMemory(count: count * 8)
            form.loops.uniform_float64(kernelStream, start, result.address.assumingMemoryBound(to: Double.self), count)
            #expect(result.values() == elements(start, count) { Self.stream.uniformDouble(at: $0) })
            #expect(result.surroundingsAreIntact)
        }
    }

    @Test(arguments: KernelForm.all)
    func bernoulli(_ form: KernelForm) throws {
        var random = SplitMix64(seed: 12)
        try forEachRange { start, count in
            let threshold = random.pick([0, 1, 1 << 30, 3 << 30, 1 << 32 - 1, 1 << 32] as [UInt64])
            let expected = elements(start, count) { index -> UInt8 in
                UInt64(Self.stream.block(UInt64(index / 4))[index % 4]) < threshold ? 1 : 0
            }
            let mask = try GuardedMemory(count: count)
            form.loops.bernoulli_mask(
                kernelStream, start, threshold, mask.address.assumingMemoryBound(to: UInt8.self), count)
            #expect(mask.values() == expected)
            #expect(mask.surroundingsAreIntact)
            let x = anyFloats(count, &random)
            let kept = try GuardedMemory(x)
            form.loops.bernoulli_scale(
                kernelStream, start, threshold, 2.5, kept.address.assumingMemoryBound(to: Float.self), count)
            #expect(comparableBits(kept.values()) == comparableBits(zip(x, expected).map { $1 == 1 ? 2.5 * $0 : 0 }))
            #expect(kept.surroundingsAreIntact)
        }
    }

    /// Even the largest word is below a threshold of 2³², and not below 2³² − 1.
    @Test(arguments: KernelForm.all)
    func largestWord(_ form: KernelForm) {
        let index: UInt64 = 4_064_700_212
        #expect(Self.stream.block(index / 4)[Int(index % 4)] == .max)
        var mask: [UInt8] = [7, 7]
        form.loops.bernoulli_mask(kernelStream, index, 1 << 32 - 1, &mask, 1)
        form.loops.bernoulli_mask(kernelStream, index, 1 << 32, &mask[1], 1)
        #expect(mask == [0, 1])
        var values: [Float] = [1, 1]
        form.loops.bernoulli_scale(kernelStream, index, 1 << 32 - 1, 3, &values, 1)
        form.loops.bernoulli_scale(kernelStream, index, 1 << 32, 3, &values[1], 1)
        #expect(values == [0, 3])
    }

    /// Any part of the normal elements is what it is in the whole.
    @Test(arguments: KernelForm.all)
    func normalRanges(_ form: KernelForm) throws {
        let whole = try GuardedMemory(count: 2100 * 4)
        form.loops.normal_float32(kernelStream, 0, whole.address.assumingMemoryBound(to: Float.self), 2100)
        let all = whole.values(Float.self)
        try forEachRange { start, count in
            guard start + UInt64(count) <= 2100 else { return }
            let result = try GuardedMemory(count: count * 4)
            form.loops.normal_float32(kernelStream, start, result.address.assumingMemoryBound(to: Float.self), count)
            #expect(result.values() == Array(all[Int(start)..<Int(start) + count]))
            #expect(result.surroundingsAreIntact)
        }
    }

    /// All forms give the same normal elements.
    @Test func normalForms() throws {
        let count = 100_000
        let results = KernelForm.all.map { form in
            [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                if let start = buffer.baseAddress { form.loops.normal_float32(kernelStream, 77, start, count) }
                initialized = count
            }
        }
        for result in results { #expect(result.map(\.bitPattern) == results.first?.map(\.bitPattern)) }
    }

    private var kernelStream: ckernels_random_stream { Self.stream.kernelStream }

    private func elements<Value>(_ start: UInt64, _ count: Int, _ element: (Int) -> Value) -> [Value] {
        (Int(start)..<Int(start) + count).map(element)
    }

    private func forEachRange(_ body: (UInt64, Int) throws -> Void) throws {
        for (number, count) in Self.lengths.enumerated() {
            try body(Self.starts[number % Self.starts.count], count)
        }
        for start in Self.starts { try body(start, 50) }
    }
}
