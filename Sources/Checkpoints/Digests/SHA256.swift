/// SHA-256, as in FIPS 180-4, *Secure Hash Standard*, 2015.
///
/// ```swift
/// var hash = SHA256()
/// hash.update(bytes)
/// let digest = hash.finish()
/// ```
public struct SHA256: Sendable {
    /// The working variables a to h of section 6.2.
    private var state = SIMD8<UInt32>(
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)
    /// What does not fill a block yet.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    private let form: Form

    static let blockByteCount = 64

    /// The hash of no bytes.
    public init() { self.init(form: .fastest) }

    /// The hash of no bytes, to which others are added in one form.
    init(form: Form) { self.form = form }

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var bytes = bytes[...]
        if !rest.isEmpty {
            let missing = bytes.prefix(Self.blockByteCount - rest.count)
            rest += missing
            bytes = bytes[missing.endIndex...]
            guard rest.count == Self.blockByteCount else { return }
            let block = rest
            block.withUnsafeBytes { add(blocks: $0) }
            rest = []
        }
        let whole = bytes.count / Self.blockByteCount * Self.blockByteCount
        add(blocks: UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
        rest += bytes.dropFirst(whole)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The 32 bytes of the hash of all that was added.
    public func finish() -> [UInt8] {
        var last = self
        let zeros = (2 * Self.blockByteCount - 9 - rest.count) % Self.blockByteCount
        last.update([0x80] + [UInt8](repeating: 0, count: zeros) + Self.bigEndian(byteCount * 8))
        return (0..<8).flatMap { Self.bigEndian(last.state[$0]) }
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private mutating func add(blocks bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        state = form.adding(blocks: bytes, to: state)
    }
}

extension SHA256 {
    /// Bytes of a hash as text: two hexadecimal digits for each.
    public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
