/// The bytes of `metrics.csv`: Python's `csv` dialect, with `\r\n` after each row and quotes only where needed.
enum CSVTable {
    private static let comma = UInt8(ascii: ",")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let lineFeed = UInt8(ascii: "\n")

    /// The columns with those added that further rows need, in the order of code points.
    static func columns(_ columns: [String], and rows: [MetricEntries]) -> [String] {
        var known = Set(columns)
        var all = columns
        for row in rows {
            for name in row.entries.map(\.name) + ["step"] where known.insert(name).inserted { all.append(name) }
        }
        // UTF-8 sorts as code points do, and Swift's own order of strings does not.
        return all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The first row.
    static func header(_ columns: [String]) -> [UInt8] { line(columns.map(field)) }

    /// The row of a step; fields without a value are empty.
    static func row(_ row: MetricEntries, columns: [String]) -> [UInt8] {
        var fields: [String: String] = [:]
        for (name, value) in row.entries { fields[name] = PythonNumber.text(value) }
        fields["step"] = String(row.step)
        return line(columns.map { fields[$0] ?? "" })
    }

    /// A table with more columns; nil if it is not one with the columns it should have.
    static func widened(_ table: [UInt8], from old: [String], to new: [String]) -> [UInt8]? {
        let header = header(old)
        guard table.starts(with: header) else { return nil }
        let places = Dictionary(uniqueKeysWithValues: zip(old, old.indices))
        var result = Self.header(new)
        var rest = table[header.count...]
        while !rest.isEmpty {
            // Fields below the header are numbers: no quotes, no commas and no line breaks in them.
            guard let end = rest.firstIndex(of: carriageReturn), end + 1 < rest.endIndex, rest[end + 1] == lineFeed
            else { return nil }
            let fields = rest[..<end].split(separator: comma, omittingEmptySubsequences: false)
            guard fields.count == old.count else { return nil }
            for (index, name) in new.enumerated() {
                if index > 0 { result.append(comma) }
                if let place = places[name] { result += fields[place] }
            }
            result += [carriageReturn, lineFeed]
            rest = rest[(end + 2)...]
        }
        return result
    }

    private static func line(_ fields: [String]) -> [UInt8] { Array((fields.joined(separator: ",") + "\r\n").utf8) }

    private static func field(_ text: String) -> String {
        // Bytes, because `\r\n` is one character.
        guard text.utf8.contains(where: { [comma, carriageReturn, lineFeed, UInt8(ascii: "\"")].contains($0) }) else {
            return text
        }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
