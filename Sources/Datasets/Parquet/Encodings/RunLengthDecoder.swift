/// Decodes runs of equal numbers and numbers that are packed bit by bit: levels, places in dictionaries, truth values.
///
/// See <https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE>.
enum RunLengthDecoder {
    /// Decodes runs.
    ///
    /// - Parameters:
    ///   - bytes: The runs; what comes after the last number is left.
    ///   - count: How many numbers there are.
    ///   - bitWidth: The bits of a number.
    ///   - content: What messages call them.
    /// - Returns: The numbers.
    /// - Throws: `ParquetProblem` if there are fewer, or a number needs more bits.
    static func decode<Number: FixedWidthInteger & UnsignedInteger>(
        _ bytes: inout PageBytes, count: Int, bitWidth: Int, content: String
    ) throws(ParquetProblem) -> [Number] {
        guard bitWidth <= Number.bitWidth else {
            throw .undecodable(content: content, problem: "its numbers have \(bitWidth) bits")
        }
        // Without bits, all are zero, and nothing may be written for them.
        if bitWidth == 0 { return [Number](repeating: 0, count: count) }
        var numbers: [Number] = []
        while numbers.count < count {
            let header = try bytes.varint(of: content)
            let missing = count - numbers.count
            if header & 1 == 0 {
                let length = Int(clamping: header >> 1)
                guard length > 0 else { throw .undecodable(content: content, problem: "a run is empty") }
                var value: UInt64 = 0
                for index in 0..<(bitWidth + 7) / 8 {
                    value |= UInt64(try bytes.byte(of: content)) << UInt64(8 * index)
                }
                guard value >> UInt64(bitWidth) == 0 else {
                    throw .undecodable(content: content, problem: "a number needs more than \(bitWidth) bits")
                }
                numbers.append(contentsOf: repeatElement(Number(value), count: min(length, missing)))
            } else {
                let groups = Int(clamping: header >> 1)
                guard groups > 0 else { throw .undecodable(content: content, problem: "a run is empty") }
                // The last group may be cut off after the last number.
                let wanted = groups > missing / 8 ? missing : groups * 8
                let available = min(wanted, bytes.count * 8 / bitWidth)
                guard available == wanted else { throw .ended(content: content) }
                numbers.reserveCapacity(numbers.count + wanted)
                let start = bytes.count
                try bytes.packed(wanted, bitWidth: bitWidth, of: content) { numbers.append($0) }
                let used = start - bytes.count
                let whole = groups.multipliedReportingOverflow(by: bitWidth)
                if !whole.overflow, whole.partialValue > used {
                    _ = try bytes.take(min(whole.partialValue - used, bytes.count), of: content)
                }
            }
        }
        return numbers
    }

    /// Decodes levels of the older form: packed without runs, the highest bit of the first byte first.
    ///
    /// - Throws: `ParquetProblem.ended` if there are fewer.
    static func decodeBitPacked(
        _ bytes: inout PageBytes, count: Int, bitWidth: Int, content: String
    ) throws(ParquetProblem) -> [UInt8] {
        let range = try bytes.take((count * bitWidth + 7) / 8, of: content)
        var (buffer, available) = (UInt32(0), 0)
        var next = range.lowerBound
        var levels: [UInt8] = []
        levels.reserveCapacity(count)
        for _ in 0..<count {
            while available < bitWidth {
                buffer = buffer << 8 | UInt32(bytes.bytes[next])
                next += 1
                available += 8
            }
            available -= bitWidth
            levels.append(UInt8(truncatingIfNeeded: buffer >> UInt32(available) & (1 << UInt32(bitWidth) - 1)))
        }
        return levels
    }
}
