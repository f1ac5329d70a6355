/// Decodes whole numbers that are written as differences, and byte strings whose lengths or beginnings are.
///
/// See <https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC>.
enum DeltaDecoder {
    /// Decodes whole numbers.
    ///
    /// - Parameters:
    ///   - bytes: The blocks; what comes after the last number is left.
    ///   - limit: How many numbers there may be.
    ///   - content: What messages call them.
    /// - Returns: The numbers.
    /// - Throws: `ParquetProblem` if the blocks are malformed, or there are more numbers.
    static func integers(
        _ bytes: inout PageBytes, limit: Int, content: String = "differences"
    ) throws(ParquetProblem) -> [Int64] {
        func failure(_ problem: String) -> ParquetProblem { .undecodable(content: content, problem: problem) }
        let blockSize = try bytes.varint(of: content)
        let miniblockCount = try bytes.varint(of: content)
        let count = try bytes.varint(of: content)
        guard 1...(1 << 20) ~= blockSize, 1...blockSize ~= miniblockCount, blockSize % miniblockCount == 0,
            (blockSize / miniblockCount) % 8 == 0
        else { throw failure("blocks of \(blockSize) numbers are divided by \(miniblockCount)") }
        guard count <= UInt64(limit) else { throw failure("there are \(count) numbers, where \(limit) are expected") }
        let miniblockSize = Int(blockSize / miniblockCount)
        var value = Self.zigzag(try bytes.varint(of: content))
        if count == 0 { return [] }
        var values = [value]
        while values.count < count {
            let smallest = Self.zigzag(try bytes.varint(of: content))
            let widths = try bytes.take(Int(miniblockCount), of: content)
            for index in widths {
                guard values.count < count else { break }
                let bitWidth = Int(bytes.bytes[index])
                guard bitWidth <= 64 else { throw failure("a difference has \(bitWidth) bits") }
                let wanted = min(miniblockSize, Int(count) - values.count)
                let size = miniblockSize * bitWidth / 8
                // The last one may be cut off after the last number.
                var part = try bytes.part(min(size, bytes.count), of: content)
                try part.packed(wanted, bitWidth: bitWidth, of: content) { (difference: UInt64) in
                    value &+= smallest &+ Int64(bitPattern: difference)
                    values.append(value)
                }
            }
        }
        return values
    }

    private static func zigzag(_ value: UInt64) -> Int64 { Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }

    /// Byte strings after their lengths.
    static func byteArrays(_ bytes: inout PageBytes, limit: Int) throws(ParquetProblem) -> ByteArrays {
        let lengths = try integers(&bytes, limit: limit, content: "lengths")
        var extents: [ByteArrays.Extent] = []
        extents.reserveCapacity(lengths.count)
        for length in lengths {
            let range = try bytes.take(Int(length), of: "byte strings")
            extents.append(ByteArrays.Extent(range))
        }
        return ByteArrays(storage: bytes.bytes, extents: extents)
    }

    /// Byte strings of which each begins as the one before.
    static func prefixedByteArrays(_ bytes: inout PageBytes, limit: Int) throws(ParquetProblem) -> ByteArrays {
        let prefixes = try integers(&bytes, limit: limit, content: "lengths of prefixes")
        let suffixes = try byteArrays(&bytes, limit: limit)
        guard prefixes.count == suffixes.count else {
            throw .mismatch(
                content: "the numbers of prefixes and suffixes", expected: prefixes.count, found: suffixes.count)
        }
        var storage: [UInt8] = []
        var extents: [ByteArrays.Extent] = []
        extents.reserveCapacity(prefixes.count)
        var previous = 0..<0
        for (prefix, suffix) in zip(prefixes, suffixes.extents) {
            guard 0...Int64(previous.count) ~= prefix else {
                throw .undecodable(content: "byte strings", problem: "a prefix is longer than the string before")
            }
            let start = storage.count
            let size = start + Int(prefix) + suffix.range.count
            guard size <= expansionLimit else {
                throw .tooLarge(content: "the bytes of all strings of a page", size: size, limit: expansionLimit)
            }
            storage.append(contentsOf: storage[previous.lowerBound..<previous.lowerBound + Int(prefix)])
            storage.append(contentsOf: suffixes.storage[suffix.range])
            previous = start..<storage.count
            extents.append(ByteArrays.Extent(previous))
        }
        return ByteArrays(storage: storage, extents: extents)
    }

    /// Prefixes must not make more bytes of a page, whatever its size.
    static let expansionLimit = 256 << 20
}
