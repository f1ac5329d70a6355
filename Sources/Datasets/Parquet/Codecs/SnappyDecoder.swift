/// Decompresses Snappy's raw format, which is so small that a library would be more to carry than the code.
///
/// See <https://github.com/google/snappy/blob/main/format_description.txt>.
enum SnappyDecoder {
    /// Decompresses bytes.
    ///
    /// - Parameters:
    ///   - input: The compressed bytes.
    ///   - output: What they become, as many bytes as there is room for.
    /// - Throws: `ParquetProblem.undecodable` if the bytes do not make exactly as many.
    static func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(ParquetProblem) {
        var reader = Reader(input: input)
        let length = try reader.length()
        guard length == output.count else {
            throw failure("it makes \(length) bytes, where \(output.count) are expected")
        }
        var written = 0
        while !reader.isAtEnd {
            let tag = try reader.byte()
            if tag & 3 == 0 {
                try reader.copyLiteral(tag, to: output, &written)
            } else {
                let copy = try reader.copy(tag)
                guard copy.distance > 0, copy.distance <= written, copy.count <= output.count - written else {
                    throw failure("it copies from outside of its output")
                }
                Self.repeatBytes(of: output, from: written - copy.distance, to: written, count: copy.count)
                written += copy.count
            }
        }
        guard written == output.count else { throw failure("it makes \(written) bytes, and says \(output.count)") }
    }

    /// Copies within the output; a copy that is longer than its distance repeats what it wrote itself.
    private static func repeatBytes(of output: UnsafeMutableRawBufferPointer, from: Int, to: Int, count: Int) {
        guard let base = output.baseAddress else { return }
        var (done, period) = (0, to - from)
        while done < count {
            let part = min(period, count - done)
            (base + to + done).copyMemory(from: base + from, byteCount: part)
            done += part
            period = min(period * 2, to + done - from)
        }
    }

    private static func failure(_ problem: String) -> ParquetProblem {
        .undecodable(content: "Snappy data", problem: problem)
    }

    /// Takes the elements of the format from the input.
    private struct Reader {
        let input: UnsafeRawBufferPointer
        var position = 0

        var isAtEnd: Bool { position == input.count }

        mutating func byte() throws(ParquetProblem) -> UInt8 {
            guard position < input.count else { throw failure("it ends too early") }
            defer { position += 1 }
            return input[position]
        }

        /// A number of a few bytes, the lowest first.
        private mutating func number(bytes count: Int) throws(ParquetProblem) -> Int {
            var number = 0
            for index in 0..<count { number |= Int(try byte()) << (8 * index) }
            return number
        }

        /// How many bytes come out.
        mutating func length() throws(ParquetProblem) -> Int {
            var length = 0
            for shift in stride(from: 0, to: 35, by: 7) {
                let byte = try byte()
                length |= Int(byte & 0x7F) << shift
                if byte < 0x80 { return length }
            }
            throw failure("its length is malformed")
        }

        mutating func copyLiteral(
            _ tag: UInt8, to output: UnsafeMutableRawBufferPointer, _ written: inout Int
        ) throws(ParquetProblem) {
            let code = Int(tag >> 2)
            let count = (code < 60 ? code : try number(bytes: code - 59)) + 1
            guard count <= input.count - position else { throw failure("it ends too early") }
            guard count <= output.count - written, let base = output.baseAddress, let source = input.baseAddress else {
                throw failure("it makes more bytes than it says")
            }
            (base + written).copyMemory(from: source + position, byteCount: count)
            position += count
            written += count
        }

        /// What follows a tag that is not that of a literal.
        mutating func copy(_ tag: UInt8) throws(ParquetProblem) -> (distance: Int, count: Int) {
            switch tag & 3 {
            case 1: (Int(tag >> 5) << 8 | Int(try byte()), Int(tag >> 2 & 7) + 4)
            case 2: (try number(bytes: 2), Int(tag >> 2) + 1)
            default: (try number(bytes: 4), Int(tag >> 2) + 1)
            }
        }
    }
}
