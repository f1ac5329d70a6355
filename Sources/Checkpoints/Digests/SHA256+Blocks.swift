import CKernels

extension SHA256 {
    /// The eight working variables, a to h.
    typealias WorkingVariables = SIMD8<UInt32>

    /// How blocks are added: both forms give the same bits.
    enum Form: Sendable {
        /// In Swift.
        case portable
        /// In instructions that the processor has for it.
        case hardware(ckernels_sha256_blocks)

        /// All forms that this machine can run, the fastest first.
        static let available = [ckernels_sha256_in_hardware().map(Form.hardware), .portable].compactMap(\.self)

        /// The fastest of them.
        static let fastest = available.first ?? .portable

        /// The working variables after some whole blocks.
        func adding(blocks bytes: UnsafeRawBufferPointer, to state: WorkingVariables) -> WorkingVariables {
            SHA256.constants.withUnsafeBufferPointer { constants in
                switch self {
                case .portable: return SHA256.adding(blocks: bytes, to: state, constants)
                case .hardware(let add):
                    guard let words = constants.baseAddress, let start = bytes.baseAddress else { return state }
                    var state = state
                    withUnsafeMutableBytes(of: &state) { buffer in
                        buffer.withMemoryRebound(to: UInt32.self) { variables in
                            guard let variables = variables.baseAddress else { return }
                            add(
                                variables, words, start.assumingMemoryBound(to: UInt8.self),
                                bytes.count / SHA256.blockByteCount)
                        }
                    }
                    return state
                }
            }
        }
    }

    private static func adding(
        blocks bytes: UnsafeRawBufferPointer, to start: WorkingVariables, _ constants: UnsafeBufferPointer<UInt32>
    ) -> WorkingVariables {
        var state = start
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            for start in stride(from: 0, to: bytes.count, by: blockByteCount) {
                fill(schedule, from: bytes, at: start)
                state &+= rounds(state, schedule, constants)
            }
        }
        return state
    }

    /// The message schedule of a block: step 1 of section 6.2.2.
    private static func fill(
        _ schedule: UnsafeMutableBufferPointer<UInt32>, from bytes: UnsafeRawBufferPointer, at start: Int
    ) {
        for index in 0..<16 {
            schedule[index] = UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: start &+ 4 &* index, as: UInt32.self))
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index &- 15], schedule[index &- 2])
            let sigma0 = rotated(early, 7) ^ rotated(early, 18) ^ (early &>> 3)
            let sigma1 = rotated(late, 17) ^ rotated(late, 19) ^ (late &>> 10)
            schedule[index] = schedule[index &- 16] &+ sigma0 &+ schedule[index &- 7] &+ sigma1
        }
    }

    /// What 64 rounds make of the working variables: step 3 of section 6.2.2.
    private static func rounds(
        _ state: WorkingVariables, _ schedule: UnsafeMutableBufferPointer<UInt32>,
        _ constants: UnsafeBufferPointer<UInt32>
    ) -> WorkingVariables {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sum1 &+ choice &+ constants[index] &+ schedule[index]
            let sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
        }
        return WorkingVariables(a, b, c, d, e, f, g, h)
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word &>> count | word &<< (32 &- count) }

    /// The fractional parts of the cube roots of the first 64 primes: section 4.2.2.
    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
        0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
        0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
        0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
        0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
