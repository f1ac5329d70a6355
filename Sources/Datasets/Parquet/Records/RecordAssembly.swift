import OrderedCollections

/// Puts the values of a column's leaves together, for one row.
struct RecordAssembly {
    /// The entries of each leaf of the column, in their order.
    let leaves: [ColumnEntries]
    /// The number of the first leaf in the schema.
    let firstLeaf: Int

    /// The value of a field.
    ///
    /// - Parameters:
    ///   - field: The column, or a field below it.
    ///   - entries: For each of the column's leaves, the entries that belong to the value.
    /// - Returns: The value as it is stored.
    /// - Throws: `ParquetProblem` if the levels of several leaves contradict each other, or a value is malformed.
    func value(of field: ParquetField, _ entries: [Range<Int>]) throws(ParquetProblem) -> Value {
        let first = field.leaves.lowerBound - firstLeaf
        let level = leaves[first].definition(at: entries[first].lowerBound)
        if level < field.presenceLevel { return .null }
        switch field.content {
        case .leaf(let leaf):
            guard entries[first].count == 1 else {
                throw .mismatch(content: "the values of a field", expected: 1, found: entries[first].count)
            }
            guard let (values, index) = leaves[first].value(at: entries[first].lowerBound) else { return .null }
            return try values.value(at: index, of: leaf)
        case .structure(let fields):
            var parts = OrderedDictionary<String, Value>(minimumCapacity: fields.count)
            for field in fields { parts[field.name] = try value(of: field, entries) }
            return .structure(parts)
        case .list(let element, let elementLevel, let repetitionLevel):
            if level < elementLevel { return .list([]) }
            return .list(try elements(element, field.leaves, entries, repetitionLevel))
        }
    }

    private func elements(
        _ element: ParquetField, _ range: Range<Int>, _ entries: [Range<Int>], _ level: Int
    ) throws(ParquetProblem) -> [Value] {
        let starts = range.map { leaf in
            let leaf = leaf - firstLeaf
            let first = entries[leaf].lowerBound
            // The first entry begins an element, whatever its level.
            return [first] + entries[leaf].dropFirst().filter { leaves[leaf].repetition(at: $0) <= level }
        }
        let count = starts[0].count
        for other in starts.dropFirst() where other.count != count {
            throw .mismatch(content: "the elements of a list in two of its parts", expected: count, found: other.count)
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        var part = entries
        for number in 0..<count {
            for (leaf, starts) in zip(range, starts) {
                let end = number + 1 < count ? starts[number + 1] : entries[leaf - firstLeaf].upperBound
                part[leaf - firstLeaf] = starts[number]..<end
            }
            values.append(try value(of: element, part))
        }
        return values
    }
}

extension ColumnValues {
    /// One of the values, as its type means it.
    fileprivate func value(at index: Int, of leaf: ParquetLeaf) throws(ParquetProblem) -> Value {
        switch self {
        case .booleans(let values): return .bool(values[index])
        case .floats(let values): return .float(values[index])
        case .integers(let values):
            guard case .decimal(_, let scale) = leaf.logicalType else { return .integer(values[index]) }
            return .string(try DecimalText.text(Int128(values[index]), scale: scale))
        case .byteArrays(let values):
            let bytes = values[index]
            switch leaf.logicalType {
            case .string:
                guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
                return .string(text)
            case .decimal(_, let scale): return .string(try DecimalText.text(bytes, scale: scale))
            default: return .bytes(Array(bytes))
            }
        case .places(let places, let dictionary): return try dictionary.value(at: Int(places[index]), of: leaf)
        }
    }
}

/// Decimal numbers as texts, which keep all digits.
enum DecimalText {
    /// The number of a byte string: its highest byte first, in two's complement.
    static func text(_ bytes: ArraySlice<UInt8>, scale: Int) throws(ParquetProblem) -> String {
        guard let first = bytes.first else { return try text(0, scale: scale) }
        guard bytes.count <= 16 else { throw .type("decimal of \(bytes.count) bytes") }
        var number: Int128 = first >= 0x80 ? -1 : 0
        for byte in bytes { number = number << 8 | Int128(byte) }
        return try text(number, scale: scale)
    }

    /// A whole number divided by 10 to the power of the scale.
    static func text(_ number: Int128, scale: Int) throws(ParquetProblem) -> String {
        guard 0...38 ~= scale else { throw .type("decimal with a scale of \(scale)") }
        let digits = String(number.magnitude)
        let sign = number < 0 ? "-" : ""
        if scale == 0 { return sign + digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }
}
