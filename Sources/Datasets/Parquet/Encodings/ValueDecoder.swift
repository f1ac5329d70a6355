/// Turns the bytes of a page into values.
struct ValueDecoder {
    let leaf: ParquetLeaf

    /// Decodes the values of a page.
    ///
    /// - Parameters:
    ///   - bytes: The bytes after the levels.
    ///   - count: How many values there are; nulls have none.
    ///   - encodingNumber: The encoding as the header of the page gives it.
    ///   - dictionary: The values of the dictionary page, if the column chunk has one.
    /// - Returns: The values.
    /// - Throws: `ParquetProblem` if the bytes are malformed or hold another number of values.
    func decode(
        _ bytes: PageBytes, count: Int, encodingNumber: Int, dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnValues {
        guard let encoding = ParquetEncoding(rawValue: encodingNumber) else {
            throw .encoding("\(encodingNumber)", type: leaf.physicalType.name)
        }
        var bytes = bytes
        let values = try decode(&bytes, count, encoding, dictionary)
        guard values.count == count else {
            throw .mismatch(content: "the values of a page", expected: count, found: values.count)
        }
        return values
    }

    private func decode(
        _ bytes: inout PageBytes, _ count: Int, _ encoding: ParquetEncoding, _ dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnValues {
        switch (encoding, leaf.physicalType) {
        case (.plainDictionary, _), (.runLengthDictionary, _):
            return try places(&bytes, count, dictionary)
        case (.plain, .boolean): return try packedBooleans(&bytes, count)
        case (.plain, .byteArray): return .byteArrays(try plainByteArrays(&bytes, count))
        case (.plain, _):
            let width = leaf.physicalType.byteCount ?? leaf.typeLength
            return try fixedWidth(bytes.bytes, try range(&bytes, count, width), width)
        case (.runLength, .boolean):
            var part = try bytes.part(try bytes.length(of: "truth values"), of: "truth values")
            let values: [UInt8] = try RunLengthDecoder.decode(
                &part, count: count, bitWidth: 1, content: "truth values")
            return .booleans(values.map { $0 != 0 })
        case (.deltaBinaryPacked, .int32), (.deltaBinaryPacked, .int64):
            let values = try DeltaDecoder.integers(&bytes, limit: count)
            // The differences of the narrower type wrap around in 32 bits.
            let isNarrow = leaf.physicalType == .int32
            return .integers(try converted(isNarrow ? values.map { Int64(Int32(truncatingIfNeeded: $0)) } : values))
        case (.deltaLengthByteArray, .byteArray): return .byteArrays(try DeltaDecoder.byteArrays(&bytes, limit: count))
        case (.deltaByteArray, .byteArray), (.deltaByteArray, .fixedLengthByteArray):
            let values = try DeltaDecoder.prefixedByteArrays(&bytes, limit: count)
            guard leaf.physicalType == .fixedLengthByteArray else { return .byteArrays(values) }
            for extent in values.extents where extent.range.count != leaf.typeLength {
                throw .mismatch(content: "the bytes of a value", expected: leaf.typeLength, found: extent.range.count)
            }
            return .byteArrays(values)
        case (.byteStreamSplit, .int32), (.byteStreamSplit, .int64), (.byteStreamSplit, .float),
            (.byteStreamSplit, .double), (.byteStreamSplit, .fixedLengthByteArray):
            let width = leaf.physicalType.byteCount ?? leaf.typeLength
            let joined = Self.joinedStreams(bytes.bytes, try range(&bytes, count, width), width)
            return try fixedWidth(joined, 0..<joined.count, width)
        default: throw .encoding(encoding.name, type: leaf.physicalType.name)
        }
    }

    /// The place of so many values of one width.
    private func range(_ bytes: inout PageBytes, _ count: Int, _ width: Int) throws(ParquetProblem) -> Range<Int> {
        // Neither factor has more than 31 bits.
        try bytes.take(count * width, of: "values")
    }

    private func places(
        _ bytes: inout PageBytes, _ count: Int, _ dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnValues {
        guard let dictionary else {
            throw .undecodable(content: "values", problem: "they are places in a dictionary, and there is none")
        }
        if count == 0 { return .places([], in: dictionary) }
        let content = "places in the dictionary"
        let bitWidth = Int(try bytes.byte(of: content))
        let places: [UInt32] = try RunLengthDecoder.decode(
            &bytes, count: count, bitWidth: bitWidth, content: content)
        if let largest = places.max(), Int(largest) >= dictionary.count {
            throw .undecodable(
                content: "values", problem: "place \(largest) is not in the dictionary of \(dictionary.count) values")
        }
        return .places(places, in: dictionary)
    }

    private func packedBooleans(_ bytes: inout PageBytes, _ count: Int) throws(ParquetProblem) -> ColumnValues {
        var values: [Bool] = []
        values.reserveCapacity(min(count, bytes.count * 8))
        try bytes.packed(count, bitWidth: 1, of: "truth values") { (bit: UInt8) in values.append(bit != 0) }
        return .booleans(values)
    }

    private func plainByteArrays(_ bytes: inout PageBytes, _ count: Int) throws(ParquetProblem) -> ByteArrays {
        var extents: [ByteArrays.Extent] = []
        // Each has a length of four bytes.
        extents.reserveCapacity(min(count, bytes.count / 4))
        for _ in 0..<count {
            let length = try bytes.length(of: "byte strings")
            extents.append(ByteArrays.Extent(try bytes.take(length, of: "byte strings")))
        }
        return ByteArrays(storage: bytes.bytes, extents: extents)
    }

    /// Values whose bytes lie beside each other.
    private func fixedWidth(_ bytes: [UInt8], _ range: Range<Int>, _ width: Int) throws(ParquetProblem) -> ColumnValues
    {
        let starts = stride(from: range.lowerBound, to: range.upperBound, by: width)
        switch leaf.physicalType {
        case .int32: return .integers(try converted(starts.map { Int64(bytes.number(Int32.self, at: $0)) }))
        case .int64: return .integers(try converted(starts.map { bytes.number(Int64.self, at: $0) }))
        case .float: return .floats(starts.map { Double(Float(bitPattern: bytes.number(UInt32.self, at: $0))) })
        case .double: return .floats(starts.map { Double(bitPattern: bytes.number(UInt64.self, at: $0)) })
        case .int96:
            var values: [Int64] = []
            for start in starts { values.append(try Self.nanoseconds(bytes, start)) }
            return .integers(values)
        case .fixedLengthByteArray where leaf.logicalType == .float16 && width == 2:
            return .floats(starts.map { Double(Float16(bitPattern: bytes.number(UInt16.self, at: $0))) })
        case .fixedLengthByteArray, .boolean, .byteArray:
            return .byteArrays(
                ByteArrays(storage: bytes, extents: starts.map { ByteArrays.Extent($0..<$0 + width) }))
        }
    }

    /// Whole numbers as their logical type means them.
    private func converted(_ values: [Int64]) throws(ParquetProblem) -> [Int64] {
        guard case .integer(_, isSigned: false) = leaf.logicalType else { return values }
        if leaf.physicalType == .int32 { return values.map { Int64(UInt32(truncatingIfNeeded: $0)) } }
        if let large = values.first(where: { $0 < 0 }) { throw .integerTooLarge(UInt64(bitPattern: large)) }
        return values
    }

    /// A moment of the older form: the nanoseconds of the day, and the day in the Julian calendar.
    ///
    /// - Returns: Nanoseconds since 1970.
    private static func nanoseconds(_ bytes: [UInt8], _ start: Int) throws(ParquetProblem) -> Int64 {
        let epoch: Int64 = 2_440_588
        let day = Int64(bytes.number(UInt32.self, at: start + 8)) - epoch
        let (days, overflow) = day.multipliedReportingOverflow(by: 86_400_000_000_000)
        let (sum, sumOverflow) = days.addingReportingOverflow(bytes.number(Int64.self, at: start))
        guard !overflow, !sumOverflow else {
            throw .undecodable(content: "values", problem: "a moment lies beyond the year 2262 or before 1677")
        }
        return sum
    }

    /// Values whose first bytes come first, then their second bytes, and so on, with their bytes beside each other.
    private static func joinedStreams(_ bytes: [UInt8], _ range: Range<Int>, _ width: Int) -> [UInt8] {
        let count = range.count / width
        var joined = [UInt8](repeating: 0, count: range.count)
        for stream in 0..<width {
            let start = range.lowerBound + stream * count
            for index in 0..<count { joined[index * width + stream] = bytes[start + index] }
        }
        return joined
    }
}
