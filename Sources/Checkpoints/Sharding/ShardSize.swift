/// How large the files of a checkpoint may become before it is cut into several.
public struct ShardSize: Sendable, Hashable {
    /// In bytes; positive.
    public let byteCount: Int

    /// What `huggingface_hub` takes if nothing is said: 5 GB.
    public static let standard = ShardSize(checked: 5_000_000_000)

    private init(checked byteCount: Int) {
        self.byteCount = byteCount
    }

    /// A size in bytes.
    ///
    /// - Throws: `CheckpointError.invalidShardSize` if it is not positive.
    public init(byteCount: Int) throws(CheckpointError) {
        guard byteCount > 0 else { throw .invalidShardSize(String(byteCount)) }
        self.byteCount = byteCount
    }

    /// Reads a size as users write it: `5GB`, `500 MB`, `1.5 GiB`, or a number of bytes.
    ///
    /// As in `huggingface_hub`, units with `B` alone are powers of 1000, fractions of a byte are dropped, and upper or
    /// lower case does not matter; `KiB`, `MiB`, `GiB` and `TiB` are powers of 1024.
    ///
    /// - Throws: `CheckpointError.invalidShardSize` if it is no such text, or not positive.
    public init(parsing text: String) throws(CheckpointError) {
        let parts = text.drop(while: \.isWhitespace)
        let number = parts.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = parts.dropFirst(number.count).filter { !$0.isWhitespace }.uppercased()
        guard let value = Double(number), let factor = Self.factors[unit], value * factor >= 1,
            value * factor < 0x1p63
        else { throw .invalidShardSize(text) }
        byteCount = Int(value * factor)
    }

    private static let factors: [String: Double] = [
        "": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
        "KIB": 0x1p10, "MIB": 0x1p20, "GIB": 0x1p30, "TIB": 0x1p40,
    ]
}
