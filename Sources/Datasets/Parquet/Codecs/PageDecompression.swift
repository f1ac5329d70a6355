import CZlib
import CZstd

extension ParquetCodec {
    /// Decompresses bytes of a page.
    ///
    /// - Parameters:
    ///   - bytes: The compressed bytes, and perhaps others.
    ///   - range: Where they are among the bytes.
    ///   - byteCount: How many they become.
    /// - Returns: The bytes that were compressed.
    /// - Throws: `ParquetProblem` if the bytes are damaged or do not make exactly as many, or the codec is not supported.
    func decompress(
        _ bytes: [UInt8], _ range: Range<Int>, to byteCount: Int
    ) throws(ParquetProblem) -> PageBytes {
        // Some writers compress nothing to nothing.
        if byteCount == 0, self != .uncompressed { return PageBytes([]) }
        switch self {
        case .uncompressed:
            guard range.count == byteCount else {
                throw .mismatch(content: "the bytes of an uncompressed page", expected: byteCount, found: range.count)
            }
            return PageBytes(bytes, range)
        case .snappy:
            // Its densest element makes 64 bytes of 3.
            try checkRatio(range.count, byteCount, 22)
            return try filled(byteCount, bytes[range]) { (input, output) throws(ParquetProblem) in
                try SnappyDecoder.decompress(input, into: output)
            }
        case .gzip:
            try checkRatio(range.count, byteCount, 1032)
            return try filled(byteCount, bytes[range], Self.inflate)
        case .zstd:
            // Its densest block makes 128 KiB of four bytes.
            try checkRatio(range.count, byteCount, 1 << 15)
            return try filled(byteCount, bytes[range], Self.decompressZstandard)
        case .lzo, .brotli, .lz4, .lz4Raw: throw .codec(name)
        }
    }

    /// Refuses sizes that the format cannot reach, before memory is asked for.
    private func checkRatio(_ compressed: Int, _ uncompressed: Int, _ limit: Int) throws(ParquetProblem) {
        guard uncompressed / limit <= compressed else {
            throw .undecodable(content: "\(name) data", problem: "\(compressed) bytes cannot make \(uncompressed)")
        }
    }

    private func filled(
        _ byteCount: Int, _ bytes: ArraySlice<UInt8>,
        _ fill: (UnsafeRawBufferPointer, UnsafeMutableRawBufferPointer) throws(ParquetProblem) -> Void
    ) throws(ParquetProblem) -> PageBytes {
        var failure: ParquetProblem?
        let output = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            bytes.withUnsafeBytes { input in
                let output = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<byteCount])
                do throws(ParquetProblem) { try fill(input, output) } catch { failure = error }
            }
            count = failure == nil ? byteCount : 0
        }
        if let failure { throw failure }
        return PageBytes(output)
    }

    private static func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ParquetProblem) {
        do throws(InflateError) { try Inflater.inflate(input, into: output) } catch {
            throw .undecodable(content: "GZIP data", problem: error.description)
        }
    }

    private static func decompressZstandard(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ParquetProblem) {
        let count = ZSTD_decompress(output.baseAddress, output.count, input.baseAddress, input.count)
        if ZSTD_isError(count) != 0 {
            throw .undecodable(content: "ZSTD data", problem: String(cString: ZSTD_getErrorName(count)))
        }
        guard count == output.count else {
            throw .undecodable(
                content: "ZSTD data", problem: "it makes \(count) bytes, where \(output.count) are expected")
        }
    }
}

/// The checksum of pages, CRC-32 as gzip has it.
enum PageChecksum {
    /// The checksum of some bytes.
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBytes { buffer in
            UInt32(
                truncatingIfNeeded: crc32_z(0, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count))
        }
    }
}
