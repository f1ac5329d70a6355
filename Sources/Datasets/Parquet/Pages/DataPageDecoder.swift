/// Turns a data page into levels and values.
struct DataPageDecoder {
    let leaf: ParquetLeaf
    let codec: ParquetCodec

    /// Decodes a page.
    ///
    /// - Parameters:
    ///   - header: What stands before it.
    ///   - page: What the header says of the data.
    ///   - bytes: The page as it is in the file, without the header.
    ///   - dictionary: The values of the dictionary page, if the column chunk has one.
    /// - Throws: `ParquetProblem` if something is damaged or not supported.
    func decode(
        _ header: PageHeader, _ page: PageHeader.DataPage, _ bytes: ArraySlice<UInt8>, dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnEntries {
        if let second = page.second {
            return try decode(second, header, page, bytes, dictionary)
        }
        var body = PageBytes(try codec.decompress(bytes, to: header.uncompressedByteCount))
        let repetition = try levels(
            &body, leaf.repetitionLevel, page, page.repetitionLevelEncoding, "repetition levels")
        let definition = try levels(
            &body, leaf.definitionLevel, page, page.definitionLevelEncoding, "definition levels")
        return try entries(page, repetition, definition, body, dictionary)
    }

    /// The second kind, whose levels are never compressed.
    private func decode(
        _ second: PageHeader.DataPage.Second, _ header: PageHeader, _ page: PageHeader.DataPage,
        _ bytes: ArraySlice<UInt8>, _ dictionary: ColumnValues?
    ) throws(ParquetProblem) -> ColumnEntries {
        let levelByteCount = second.repetitionLevelByteCount + second.definitionLevelByteCount
        guard levelByteCount <= bytes.count, levelByteCount <= header.uncompressedByteCount else {
            throw .ended(content: "levels")
        }
        var levels = PageBytes(Array(bytes.prefix(levelByteCount)))
        var repetition = try levels.part(second.repetitionLevelByteCount, of: "repetition levels")
        let values = bytes.dropFirst(levelByteCount)
        let body =
            second.isCompressed
            ? try codec.decompress(values, to: header.uncompressedByteCount - levelByteCount) : Array(values)
        return try entries(
            page, try runs(&repetition, leaf.repetitionLevel, page.valueCount, "repetition levels"),
            try runs(&levels, leaf.definitionLevel, page.valueCount, "definition levels"), PageBytes(body), dictionary)
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
