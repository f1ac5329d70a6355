/// A record of a TFRecord file.
///
/// The length (8 bytes, little-endian), its masked CRC-32C, the data, and the data's masked CRC-32C.
enum RecordFrame {
    static func bytes(_ data: [UInt8]) -> [UInt8] {
        let length = littleEndian(UInt64(data.count))
        return length + littleEndian(CRC32C.masked(length)) + data + littleEndian(CRC32C.masked(data))
    }

    private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}
