import Testing

@testable import Tensors

@Suite struct StableHashTests {
    /// Test vectors that the authors of FNV published (RFC 9923).
    @Test func knownAnswers() {
        #expect(hash("") == 0xCBF2_9CE4_8422_2325)
        #expect(hash("a") == 0xAF63_DC4C_8601_EC8C)
        #expect(hash("foobar") == 0x8594_4171_F739_67E8)
    }

    private func hash(_ text: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(text)
        return hash.value
    }
}
