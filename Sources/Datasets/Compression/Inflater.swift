import CZlib

/// Undoes the compression of zlib (RFC 1950) or gzip (RFC 1952, members one after another).
enum Inflater {
    /// The bytes behind compressed ones.
    ///
    /// - Parameters:
    ///   - bytes: All compressed bytes; what follows the last member counts as padding.
    ///   - limit: How many bytes may come out.
    /// - Returns: The bytes.
    /// - Throws: `InflateError`.
    static func inflate(_ bytes: [UInt8], limit: Int) throws(InflateError) -> [UInt8] {
        let stream = try InflateStream()
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(1 << 16, max(1 << 10, 8 * bytes.count)))
        while !stream.isAtEnd {
            let made = try stream.fill(&chunk, from: bytes)
            guard made <= limit - result.count else { throw .tooLarge(limit: limit) }
            result += chunk[..<made]
        }
        return result
    }

    /// Writes the bytes behind compressed ones into memory of which they must fill all.
    ///
    /// - Parameters:
    ///   - bytes: All compressed bytes; what follows the last member counts as padding.
    ///   - output: Where they go.
    /// - Throws: `InflateError`.
    static func inflate(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(InflateError) {
        let stream = try InflateStream()
        let made = try stream.fill(output, from: bytes)
        if !stream.isAtEnd {
            // Either more bytes follow, or only the end of the last member.
            var spare: UInt8 = 0
            let more = try withUnsafeMutableBytes(of: &spare) { (spare) throws(InflateError) in
                try stream.fill(spare, from: bytes)
            }
            guard more == 0 else { throw .tooLarge(limit: output.count) }
        }
        guard made == output.count else { throw .tooFew(made, expected: output.count) }
    }
}

/// The state of zlib while it undoes a compression.
private final class InflateStream {
    /// At an address that never changes: zlib checks it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// How many of the compressed bytes have been used.
    private var position = 0
    /// Whether all bytes have come out.
    private(set) var isAtEnd = false

    init() throws(InflateError) {
        stream.initialize(to: z_stream())
        // The largest window, and either format, as the first bytes say.
        let window = MAX_WBITS + 32
        guard inflateInit2_(stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .outOfMemory
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Goes on until a buffer is full or all bytes have come out.
    ///
    /// - Parameters:
    ///   - output: The buffer.
    ///   - bytes: All compressed bytes, the same each time.
    /// - Returns: How many bytes were written.
    /// - Throws: `InflateError`.
    func fill(
        _ output: UnsafeMutableRawBufferPointer, from bytes: UnsafeRawBufferPointer
    ) throws(InflateError) -> Int {
        var made = 0
        while true {
            let (status, count) = step(into: UnsafeMutableRawBufferPointer(rebasing: output[made...]), from: bytes)
            made += count
            switch status {
            // With no room left, zlib may still find the end.
            case Z_OK: continue
            case Z_BUF_ERROR where made == output.count: return made
            case Z_STREAM_END:
                // After a member of gzip another one may follow; other bytes are padding.
                guard bytes[position...].starts(with: [0x1F, 0x8B]) else {
                    isAtEnd = true
                    return made
                }
                guard inflateReset(stream) == Z_OK else { throw .outOfMemory }
            case Z_MEM_ERROR: throw .outOfMemory
            case Z_BUF_ERROR: throw .truncated
            default: throw .malformed
            }
        }
    }

    /// Lets zlib go on until its input or its room is used up.
    private func step(
        into output: UnsafeMutableRawBufferPointer, from bytes: UnsafeRawBufferPointer
    ) -> (status: Int32, made: Int) {
        let inputCount = min(bytes.count - position, 1 << 30)
        let roomCount = min(output.count, 1 << 30)
        // zlib only reads from its input, and wants an address even where there is no room.
        var nowhere: UInt8 = 0
        return withUnsafeMutablePointer(to: &nowhere) { nowhere in
            let input = bytes.baseAddress?.advanced(by: position).assumingMemoryBound(to: UInt8.self)
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input)
            stream.pointee.avail_in = UInt32(inputCount)
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nowhere
            stream.pointee.avail_out = UInt32(roomCount)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            position += inputCount - Int(stream.pointee.avail_in)
            return (status, roomCount - Int(stream.pointee.avail_out))
        }
    }

    /// The same for arrays.
    func fill(_ output: inout [UInt8], from bytes: [UInt8]) throws(InflateError) -> Int {
        var failure: InflateError?
        let made = bytes.withUnsafeBytes { bytes in
            output.withUnsafeMutableBytes { output in
                do throws(InflateError) { return try fill(output, from: bytes) } catch {
                    failure = error
                    return 0
                }
            }
        }
        if let failure { throw failure }
        return made
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
    /// Fewer bytes come out than should.
    case tooFew(Int, expected: Int)
    /// There is no memory.
    case outOfMemory

    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .truncated: "the compressed bytes end too early"
        case .malformed: "the compressed bytes are damaged"
        case .tooLarge(let limit): "more than \(limit) bytes come out"
        case .tooFew(let count, let expected): "\(count) bytes come out, where \(expected) are expected"
        case .outOfMemory: "there is no memory left"
        }
    }
}
