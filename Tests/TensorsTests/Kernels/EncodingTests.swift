import CKernels
import TestSupport
import Testing

@Suite struct EncodingTests {
    /// A random sample, or as many as the long form asks for.
    private static let sampleCount = min(FuzzSettings.requestedInputs ?? 100_000, 1 << 24)

    @Test(arguments: KernelForm.all)
    func float16(_ form: KernelForm) {
        let inputs = Self.float16Borders + Self.sample
        let results = encode(form, CKERNELS_FLOAT16, inputs, as: UInt16.self)
        #expect(Self.wrong(inputs, results, expected: Self.float16Bits) == [])
    }

    @Test(arguments: KernelForm.all)
    func bfloat16(_ form: KernelForm) {
        let inputs = Self.bfloat16Borders + Self.sample
        let results = encode(form, CKERNELS_BFLOAT16, inputs, as: UInt16.self)
        #expect(Self.wrong(inputs, results, expected: Self.bfloat16Bits) == [])
    }

    @Test(arguments: KernelForm.all)
    func float64(_ form: KernelForm) {
        let inputs = Self.sample + [0x1p-149, -0.0, .infinity, -.greatestFiniteMagnitude]
        let results = encode(form, CKERNELS_FLOAT64, inputs, as: Double.self)
        let wrong = zip(inputs, results).filter { input, result in
            input.isNaN ? !result.isNaN : result.bitPattern != Double(input).bitPattern
        }
        #expect(wrong.map(\.0) == [])
    }

    /// Each of the 2³² inputs; asked for with `FUSION_BENCH_FUZZ_INPUTS` of at least 2³².
    @Test(.enabled(if: (FuzzSettings.requestedInputs ?? 0) >= 1 << 32))
    func everyFloat() {
        let length = 1 << 20
        var wrongBlocks: Set<String> = []
        for start in stride(from: 0, to: 1 << 32, by: length) {
            let inputs = array(of: length) { Float(bitPattern: UInt32(start + $0)) }
            let float16 = array(of: length) { Self.float16Bits(inputs[$0]) }
            let bfloat16 = array(of: length) { Self.bfloat16Bits(inputs[$0]) }
            for form in KernelForm.all {
                if encode(form, CKERNELS_FLOAT16, inputs, as: UInt16.self) != float16
                    || encode(form, CKERNELS_BFLOAT16, inputs, as: UInt16.self) != bfloat16
                {
                    wrongBlocks.insert("\(form.name) from bits \(String(start, radix: 16))")
                }
            }
        }
        #expect(wrongBlocks.isEmpty)
    }

    private func array<Element>(of count: Int, _ element: (Int) -> Element) -> [Element] {
        [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            for i in 0..<count { buffer.initializeElement(at: i, to: element(i)) }
            initialized = count
        }
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func allLengthsAndAddresses(_ form: KernelForm, _ type: StoredType) throws {
        var random = SplitMix64(seed: 2)
        for count in 0...130 {
            let inputs = moderateFloats(count, &random)
            let x = try GuardedMemory(inputs)
            let result = try GuardedMemory(count: count * type.byteCount, slack: count % 8)
            form.loops.encode(type.element, x.address.assumingMemoryBound(to: Float.self), result.address, count)
            let single = inputs.flatMap { encode(form, type.element, [$0], as: UInt8.self, size: type.byteCount) }
            #expect(result.values(UInt8.self) == single, "\(count) elements")
            #expect(result.surroundingsAreIntact)
        }
    }

    // What is expected.

    private static func float16Bits(_ value: Float) -> UInt16 {
        guard value.isNaN else { return Float16(value).bitPattern }
        return UInt16(value.bitPattern >> 16 & 0x8000) | 0x7E00 | UInt16(value.bitPattern >> 13 & 0x3FF)
    }

    /// The nearer one of the two neighbours; of two as near the even one.
    private static func bfloat16Bits(_ value: Float) -> UInt16 {
        let lower = UInt16(value.bitPattern >> 16)
        if value.isNaN { return lower | 0x40 }
        if value.isInfinite { return lower }
        let belowDistance = Double(value.magnitude) - Double(Float(bitPattern: UInt32(lower & 0x7FFF) << 16))
        let upper = UInt32(lower & 0x7FFF) + 1
        // In the place of infinity stands the power of two that would be next.
        let above = upper == 0x7F80 ? 0x1p128 : Double(Float(bitPattern: upper << 16))
        let aboveDistance = above - Double(value.magnitude)
        if belowDistance == aboveDistance { return lower & 1 == 0 ? lower : lower + 1 }
        return belowDistance < aboveDistance ? lower : lower + 1
    }

    /// All numbers that are representable, those halfway between two, and the neighbours of both.
    private static let float16Borders: [Float] =
        (UInt16(0)..<0x7C00).flatMap { half -> [Float] in
            let number = Float(Float16(bitPattern: half))
            let next = half == 0x7BFF ? 65536 : Float(Float16(bitPattern: half + 1))
            return around(number) + around((number + next) / 2)
        } + [65536, .infinity, -.infinity]

    private static let bfloat16Borders: [Float] =
        (UInt32(0)..<0x7F80).flatMap { upper in
            around(Float(bitPattern: upper << 16)) + around(Float(bitPattern: upper << 16 | 0x8000))
        } + [.infinity, -.infinity]

    private static func around(_ number: Float) -> [Float] {
        let neighbours = [number.nextDown, number, number.nextUp]
        return neighbours + neighbours.map { -$0 }
    }

    private static let sample: [Float] = {
        var random = SplitMix64(seed: FuzzSettings.seed)
        let nans: [UInt32] = [0x7FC0_0000, 0xFFC0_0000, 0x7F80_0001, 0xFF80_2000, 0x7FFF_FFFF, 0x7FA5_A5A5]
        return anyFloats(sampleCount, &random) + nans.map(Float.init(bitPattern:))
    }()

    private static func wrong(_ inputs: [Float], _ results: [UInt16], expected: (Float) -> UInt16) -> [String] {
        zip(inputs, results).filter { expected($0) != $1 }.prefix(10).map {
            "\($0) (\(String($0.bitPattern, radix: 16))) became \(String($1, radix: 16))"
        }
    }

    private func encode<Stored: BitwiseCopyable>(
        _ form: KernelForm, _ element: ckernels_element, _ inputs: [Float], as _: Stored.Type, size: Int = 1
    ) -> [Stored] {
        [Stored](unsafeUninitializedCapacity: inputs.count * size) { buffer, count in
            if let start = buffer.baseAddress {
                inputs.withUnsafeBufferPointer { inputs in
                    if let address = inputs.baseAddress { form.loops.encode(element, address, start, inputs.count) }
                }
            }
            count = inputs.count * size
        }
    }
}
