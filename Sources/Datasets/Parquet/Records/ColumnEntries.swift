/// Levels and values of a leaf for some rows: an entry for each value, each null and each empty list.
struct ColumnEntries: Sendable {
    /// How many entries there are.
    private(set) var count: Int
    /// The repetition levels; nil if all are 0.
    private(set) var repetition: [UInt8]?
    /// The definition levels; nil if all are those of values.
    private(set) var definition: [UInt8]?
    private let definitionLevel: Int
    /// The values, of one or several pages.
    private var values: [ColumnValues]
    /// How many values there are before each part of `values`.
    private var valueStarts: [Int]
    /// For each entry, how many values there are before it; nil if there is one for each entry.
    private var valueIndices: [UInt32]?
    /// The first entry of each row; nil if each row has one entry.
    private var rowStarts: [UInt32]?

    init(
        count: Int, repetition: [UInt8]?, definition: [UInt8]?, definitionLevel: Int, values: [ColumnValues]
    ) {
        self.count = count
        self.repetition = repetition
        self.definition = definition
        self.definitionLevel = definitionLevel
        self.values = values
        valueStarts = []
        var start = 0
        for part in values {
            valueStarts.append(start)
            start += part.count
        }
        valueIndices = definition.map { levels in
            var next: UInt32 = 0
            return levels.map { level in
                defer { if level == definitionLevel { next += 1 } }
                return next
            }
        }
        rowStarts = repetition.map { levels in
            levels.indices.compactMap { levels[$0] == 0 ? UInt32($0) : nil }
        }
    }

    /// The entries of several pages one after another.
    static func joined(_ pages: [ColumnEntries]) -> ColumnEntries {
        if pages.count == 1 { return pages[0] }
        let count = pages.reduce(0) { $0 + $1.count }
        let level = pages.first?.definitionLevel ?? 0
        let definition = pages.contains { $0.definition != nil }
        let repetition = pages.contains { $0.repetition != nil }
        return ColumnEntries(
            count: count,
            repetition: repetition ? pages.flatMap { $0.repetition ?? [UInt8](repeating: 0, count: $0.count) } : nil,
            definition: definition
                ? pages.flatMap { $0.definition ?? [UInt8](repeating: UInt8(level), count: $0.count) } : nil,
            definitionLevel: level, values: pages.flatMap(\.values))
    }

    /// How many rows begin here.
    var rowCount: Int { rowStarts?.count ?? count }

    /// Whether the first entry begins a row.
    var beginsWithRow: Bool { (rowStarts?.first ?? 0) == 0 }

    /// The entries of a row, counted from the first one here.
    func entries(ofRow row: Int) -> Range<Int> {
        guard let rowStarts else { return row..<row + 1 }
        return Int(rowStarts[row])..<(row + 1 < rowStarts.count ? Int(rowStarts[row + 1]) : count)
    }

    /// The definition level of an entry.
    func definition(at entry: Int) -> Int { definition.map { Int($0[entry]) } ?? definitionLevel }

    /// The repetition level of an entry.
    func repetition(at entry: Int) -> Int { repetition.map { Int($0[entry]) } ?? 0 }

    /// The values in which that of an entry is, and its place there; nil for nulls and empty lists.
    func value(at entry: Int) -> (values: ColumnValues, index: Int)? {
        guard definition(at: entry) == definitionLevel else { return nil }
        var index = valueIndices.map { Int($0[entry]) } ?? entry
        var part = 0
        if values.count > 1 {
            part = (valueStarts.partitioningIndex { $0 > index }) - 1
            index -= valueStarts[part]
        }
        if case .places(let places, let dictionary) = values[part] { return (dictionary, Int(places[index])) }
        return (values[part], index)
    }

    /// The memory that they take, roughly, in bytes.
    var byteCount: Int {
        values.reduce(0) { $0 + $1.byteCount } + (repetition?.count ?? 0) + (definition?.count ?? 0)
            + 4 * ((valueIndices?.count ?? 0) + (rowStarts?.count ?? 0))
    }
}

extension RandomAccessCollection {
    /// The first place from which on a property holds, in a collection in which it holds from some place on.
    func partitioningIndex(where holds: (Element) -> Bool) -> Index {
        var (low, count) = (startIndex, count)
        while count > 0 {
            let half = count / 2
            let middle = index(low, offsetBy: half)
            if holds(self[middle]) {
                count = half
            } else {
                low = index(after: middle)
                count -= half + 1
            }
        }
        return low
    }
}
