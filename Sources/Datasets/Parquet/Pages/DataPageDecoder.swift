/// Turns a data page into levels and values.
struct DataPageDecoder {
    let leaf: ParquetLeaf
    let codec: ParquetCodec

    /// Decodes a page.
    ///
    /// - Parameters:
    ///   - header: What stands before it.
    ///   - page: What the header says of the data.
    ///   - bytes: Bytes of the file.
    ///   - body: Where the page is among them, without the header.
    ///   - dictionary: The values of the dictionary page, if the column chunk has one.
    /// - Returns: Its entries.
    /// - Throws: `ParquetProblem` if something is damaged or not supported.
    func decode(
        _ header: PageHeader, _ page: PageHeader.DataPage, _ bytes: [UInt8], _ body: Range<Int>,
        dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnEntries {
        if let second = page.second {
            return try decode(second, header, page, PageBytes(bytes, body), dictionary)
        }
        var body = try codec.decompress(bytes, body, to: header.uncompressedByteCount)
        let repetition = try levels(
            &body, leaf.repetitionLevel, page, page.repetitionLevelEncoding, "repetition levels")
        let definition = try levels(
            &body, leaf.definitionLevel, page, page.definitionLevelEncoding, "definition levels")
        return try entries(page, repetition, definition, body, dictionary)
    }

    /// The second kind, whose levels are never compressed.
    private func decode(
        _ second: PageHeader.DataPage.Second, _ header: PageHeader, _ page: PageHeader.DataPage,
        _ bytes: PageBytes, _ dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnEntries {
        let levelByteCount = second.repetitionLevelByteCount + second.definitionLevelByteCount
        guard levelByteCount <= header.uncompressedByteCount else { throw .ended(content: "levels") }
        var body = bytes
        var levels = try body.part(levelByteCount, of: "levels")
        var repetition = try levels.part(second.repetitionLevelByteCount, of: "repetition levels")
        if second.isCompressed {
            let byteCount = header.uncompressedByteCount - levelByteCount
            body = try codec.decompress(body.bytes, body.position..<body.end, to: byteCount)
        }
        return try entries(
            page, try runs(&repetition, leaf.repetitionLevel, page.valueCount, "repetition levels"),
            try runs(&levels, leaf.definitionLevel, page.valueCount, "definition levels"), body, dictionary)
    }

    private func levels(
        _ body: inout PageBytes, _ maximum: Int, _ page: PageHeader.DataPage, _ encoding: Int, _ content: String
    ) throws(ParquetProblem) -> [UInt8]? {
        guard maximum > 0 else { return nil }
        switch ParquetEncoding(rawValue: encoding) {
        case .runLength:
            var part = try body.part(try body.length(of: content), of: content)
            return try runs(&part, maximum, page.valueCount, content)
        case .bitPacked:
            let levels = try RunLengthDecoder.decodeBitPacked(
                &body, count: page.valueCount, bitWidth: Self.bitWidth(maximum), content: content)
            return try checked(levels, maximum, content)
        default: throw .encoding(ParquetEncoding(rawValue: encoding)?.name ?? "\(encoding)", type: content)
        }
    }

    private func runs(
        _ bytes: inout PageBytes, _ maximum: Int, _ count: Int, _ content: String
    ) throws(ParquetProblem) -> [UInt8]? {
        guard maximum > 0 else { return nil }
        return try checked(
            try RunLengthDecoder.decode(&bytes, count: count, bitWidth: Self.bitWidth(maximum), content: content),
            maximum, content)
    }

    private func checked(_ levels: [UInt8], _ maximum: Int, _ content: String) throws(ParquetProblem) -> [UInt8] {
        if let largest = levels.max(), largest > maximum {
            throw .undecodable(content: content, problem: "there is \(largest), where \(maximum) is the largest")
        }
        return levels
    }

    private static func bitWidth(_ maximum: Int) -> Int { Int.bitWidth - maximum.leadingZeroBitCount }

    private func entries(
        _ page: PageHeader.DataPage, _ repetition: [UInt8]?, _ definition: [UInt8]?, _ body: PageBytes,
        _ dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnEntries {
        let full = UInt8(leaf.definitionLevel)
        let count = definition.map { $0.count { $0 == full } } ?? page.valueCount
        let values = try ValueDecoder(leaf: leaf).decode(
            body, count: count, encodingNumber: page.encoding, dictionary: dictionary)
        return ColumnEntries(
            count: page.valueCount, repetition: repetition,
            // Where nothing is null, the levels say nothing.
            definition: count == page.valueCount ? nil : definition, definitionLevel: leaf.definitionLevel,
            values: [values])
    }
}
