import TestSupport
import Testing

@testable import Checkpoints

@Suite("SHA-256")
struct SHA256Tests {
    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Examples of the secure hash standard, by NIST.
    @Test(
        "The examples of the standard",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
                    + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
                "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ])
    func examples(_ text: String, _ digest: String) {
        for form in SHA256.Form.available {
            var hash = SHA256(form: form)
            hash.update(Array(text.utf8))
            #expect(Self.hexadecimal(hash.finish()) == digest, "\(form)")
        }
    }

    @Test("The processor's instructions give what plain Swift gives")
    func forms() {
        var random = SplitMix64(seed: 2)
        let bytes = (0..<4096).map { _ in random.byte() }
        for _ in 0..<300 {
            // Blocks that begin at any address, one or many of them.
            let start = random.below(130)
            let end = min(bytes.count, start + random.below(random.chance(percent: 50) ? 200 : 4000))
            let cut = start + random.below(end - start + 1)
            let hashes = SHA256.Form.available.map { form in
                var hash = SHA256(form: form)
                bytes.withUnsafeBytes { bytes in
                    hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<cut]))
                    hash.update(UnsafeRawBufferPointer(rebasing: bytes[cut..<end]))
                }
                return hash.finish()
            }
            #expect(hashes.allSatisfy { $0 == hashes[0] }, "bytes \(start) to \(end)")
        }
    }

    @Test("It does not matter how the bytes are cut")
    func pieces() {
        var random = SplitMix64(seed: 1)
        for count in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000] {
            let bytes = (0..<count).map { _ in UInt8(random.below(256)) }
            var whole = SHA256()
            whole.update(bytes)
            for _ in 0..<20 {
                var cut = SHA256()
                var start = 0
                while start < count {
                    let end = min(count, start + random.below(130))
                    cut.update(Array(bytes[start..<end]))
                    start = end
                }
                #expect(cut.finish() == whole.finish())
            }
        }
    }
}
