import CKernels
import TestSupport
import Testing

@Suite struct DecodingTests {
    @Test(arguments: KernelForm.all)
    func allFloat16(_ form: KernelForm) {
        let results = decode(form, CKERNELS_FLOAT16, Array(UInt16.min...UInt16.max))
        let wrong = (UInt16.min...UInt16.max).filter { half in
            let expected: UInt32
            if half & 0x7FFF > 0x7C00 {
                // Quiet, with the same payload.
                expected = UInt32(half & 0x8000) << 16 | 0x7FC0_0000 | UInt32(half & 0x3FF) << 13
            } else {
                expected = Float(Float16(bitPattern: half)).bitPattern
            }
            return results[Int(half)].bitPattern != expected
        }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: KernelForm.all)
    func allBFloat16(_ form: KernelForm) {
        let results = decode(form, CKERNELS_BFLOAT16, Array(UInt16.min...UInt16.max))
        let wrong = (UInt16.min...UInt16.max).filter { results[Int($0)].bitPattern != UInt32($0) << 16 }
        #expect(wrong.isEmpty)
    }

    @Test(arguments: KernelForm.all)
    func float64AtBordersOfRounding(_ form: KernelForm) {
        var random = SplitMix64(seed: 64)
        var inputs: [Double] = [
            0, -0.0, .infinity, -.infinity, 0x1p-149, 0x1p-150, 0x1.8p-150, 0x1p-151, 1e300, -1e-300,
        ]
        let largest = Double(Float.greatestFiniteMagnitude)
        // Half a unit more than the largest number is the first that becomes infinite.
        inputs += [largest, largest + 0x1p103, (largest + 0x1p103).nextDown, (largest + 0x1p103).nextUp]
        for _ in 0..<20_000 {
            inputs.append(Double(bitPattern: random.next()))
            let lower = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            let middle = (Double(lower) + Double(lower.nextUp)) / 2
            inputs += [Double(lower), middle, middle.nextUp, middle.nextDown]
        }
        let results = decode(form, CKERNELS_FLOAT64, inputs)
        let wrong = zip(inputs, results).filter { input, result in
            input.isNaN ? !result.isNaN : result.bitPattern != Float(input).bitPattern
        }
        #expect(wrong.map(\.0) == [])
    }

    @Test(arguments: KernelForm.all)
    func notANumberStaysSo(_ form: KernelForm) {
        let payload = Double(bitPattern: 0xFFF4_0000_2000_0001)
        #expect(decode(form, CKERNELS_FLOAT64, [payload]).first?.bitPattern == 0xFFE0_0001)
        let signaling = Float(bitPattern: 0x7F80_0001)
        #expect(decode(form, CKERNELS_FLOAT32, [signaling]).first?.isNaN == true)
    }

    @Test(arguments: KernelForm.all, StoredType.allCases)
    func allLengthsAndAddresses(_ form: KernelForm, _ type: StoredType) throws {
        var random = SplitMix64(seed: 1)
        for count in 0...130 {
            let slack = count % 8
            let bytes = type.anyBytes(count, &random)
            let x = try GuardedMemory(bytes, slack: slack)
            let result = try GuardedMemory(count: count * 4)
            form.loops.decode(type.element, x.address, result.address.assumingMemoryBound(to: Float.self), count)
            #expect(comparableBits(result.values()) == comparableBits(type.decoded(bytes)), "\(count) elements")
            #expect(result.surroundingsAreIntact)
        }
    }

    private func decode<Stored: BitwiseCopyable>(
        _ form: KernelForm, _ element: ckernels_element, _ inputs: [Stored]
    ) -> [Float] {
        [Float](unsafeUninitializedCapacity: inputs.count) { buffer, count in
            if let start = buffer.baseAddress {
                inputs.withUnsafeBytes { bytes in
                    if let address = bytes.baseAddress { form.loops.decode(element, address, start, inputs.count) }
                }
            }
            count = inputs.count
        }
    }
}
