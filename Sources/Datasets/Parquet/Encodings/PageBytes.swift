/// The bytes of a page, taken one part after another.
struct PageBytes {
    /// All of them; parts are given as places in them, so that nothing is copied.
    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

    /// How many are left.
    var count: Int { end - position }

    /// The next bytes.
    ///
    /// - Throws: `ParquetProblem.ended`, naming the content, if fewer are left.
    mutating func take(_ count: Int, of content: String) throws(ParquetProblem) -> Range<Int> {
        guard count >= 0, count <= end - position else { throw .ended(content: content) }
        defer { position += count }
        return position..<position + count
    }

    /// A part of its own.
    mutating func part(_ count: Int, of content: String) throws(ParquetProblem) -> PageBytes {
        PageBytes(bytes, try take(count, of: content))
    }

    /// The next byte.
    mutating func byte(of content: String) throws(ParquetProblem) -> UInt8 {
        guard position < end else { throw .ended(content: content) }
        defer { position += 1 }
        return bytes[position]
    }

    /// A length of four bytes, the lowest first.
    mutating func length(of content: String) throws(ParquetProblem) -> Int {
        Int(bytes.number(UInt32.self, at: try take(4, of: content).lowerBound))
    }

    /// A number of seven bits a byte, the lowest first.
    mutating func varint(of content: String) throws(ParquetProblem) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte = try byte(of: content)
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .undecodable(content: content, problem: "a number is longer than 64 bits")
    }

    /// Where and how many: `count` numbers of `bitWidth` bits, the lowest bit of the lowest byte first.
    ///
    /// - Throws: `ParquetProblem.ended` if there are not as many.
    mutating func packed<Number: FixedWidthInteger & UnsignedInteger>(
        _ count: Int, bitWidth: Int, of content: String, each body: (Number) -> Void
    ) throws(ParquetProblem) {
        let range = try take((count * bitWidth + 7) / 8, of: content)
        bytes.withUnsafeBufferPointer { bytes in
            var next = range.lowerBound
            // A number and what is left of a byte may need more than 64 bits.
            var (buffer, available) = (UInt128(0), 0)
            let mask = (UInt128(1) << UInt128(bitWidth)) - 1
            for _ in 0..<count {
                while available < bitWidth {
                    buffer |= UInt128(bytes[next]) << UInt128(available)
                    next += 1
                    available += 8
                }
                body(Number(truncatingIfNeeded: buffer & mask))
                buffer >>= UInt128(bitWidth)
                available -= bitWidth
            }
        }
    }
}

extension [UInt8] {
    /// A number at a place, its lowest byte first.
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at position: Int) -> Number {
        precondition(position >= 0 && position + MemoryLayout<Number>.size <= count)
        return withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Number.self)) }
    }
}
