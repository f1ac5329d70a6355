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

    /// A gzip file, or several one after another.
    private static func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ParquetProblem) {
        func failure(_ problem: String) -> ParquetProblem { .undecodable(content: "GZIP data", problem: problem) }
        var stream = z_stream()
        // The largest window, and 32 for the header of gzip or zlib, whichever is there.
        guard inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw failure("zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        // Both are at most as long as a page may be.
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(output.count)
        while true {
            switch CZlib.inflate(&stream, Z_FINISH) {
            case Z_STREAM_END:
                if stream.avail_in == 0 {
                    guard stream.avail_out == 0 else { throw failure("\(stream.avail_out) bytes are missing") }
                    return
                }
                guard inflateReset(&stream) == Z_OK else { throw failure("zlib cannot start") }
            case Z_BUF_ERROR where stream.avail_out == 0: throw failure("it makes more than \(output.count) bytes")
            case Z_BUF_ERROR: throw failure("it ends too early")
            default: throw failure(stream.msg.map { String(cString: $0) } ?? "it is damaged")
            }
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
