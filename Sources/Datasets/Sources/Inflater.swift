import CZlib

/// Undoes the compression of zlib and gzip.
enum Inflater {
    /// The bytes behind compressed ones, in the format of zlib (RFC 1950) or gzip (RFC 1952, members one after another).
    ///
    /// - Parameters:
    ///   - bytes: All compressed bytes.
    ///   - limit: How many bytes may come out.
    /// - Returns: The bytes.
    /// - Throws: `InflateError`.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(InflateError) -> [UInt8] {
        var stream = z_stream()
        // The largest window, and either format, as the first bytes say.
        let window = MAX_WBITS + 32
        guard inflateInit2_(&stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .outOfMemory
        }
        defer { inflateEnd(&stream) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var position = 0
        while true {
            let (status, taken, made) = step(&stream, bytes, from: position, into: &chunk)
            position += taken
            result += chunk[..<made]
            if result.count > limit { throw .tooLarge(limit: limit) }
            switch status {
            case Z_OK where taken + made > 0: continue
            case Z_STREAM_END:
                // After a member of gzip another one may follow; other bytes are padding.
                guard bytes[position...].starts(with: [0x1F, 0x8B]) else { return result }
                guard inflateReset(&stream) == Z_OK else { throw .outOfMemory }
            case Z_MEM_ERROR: throw .outOfMemory
            case Z_OK, Z_BUF_ERROR: throw .truncated
            default: throw .malformed
            }
        }
    }

    /// Lets zlib go on until its input or the chunk's room is used up.
    private static func step(
        _ stream: inout z_stream, _ bytes: [UInt8], from position: Int, into chunk: inout [UInt8]
    ) -> (status: Int32, taken: Int, made: Int) {
        let inputCount = min(bytes.count - position, 1 << 30)
        return bytes.withUnsafeBufferPointer { input in
            chunk.withUnsafeMutableBufferPointer { output in
                // zlib only reads from its input.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + position })
                stream.avail_in = UInt32(inputCount)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                return (status, inputCount - Int(stream.avail_in), output.count - Int(stream.avail_out))
            }
        }
    }
}

/// Why compressed bytes cannot be read.
public enum InflateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The bytes end too early.
    case truncated
    /// The bytes are not what zlib or gzip makes, or fail their checksum.
    case malformed
    /// More bytes come out than are allowed.
    case tooLarge(limit: Int)
    /// There is no memory.
    case outOfMemory

    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .truncated: "the compressed bytes end too early"
        case .malformed: "the compressed bytes are damaged"
        case .tooLarge(let limit): "more than \(limit) bytes come out"
        case .outOfMemory: "there is no memory left"
        }
    }
}
