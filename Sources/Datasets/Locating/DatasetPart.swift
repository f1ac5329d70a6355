public import OrderedCollections

/// Some rows of a data set, one after another.
public struct DatasetPart: Dataset {
    /// What error messages call it.
    public let name: String
    private let base: any Dataset
    private let rows: Range<Int>

    /// Rows of a data set.
    ///
    /// - Parameters:
    ///   - base: The data set.
    ///   - rows: The numbers of its rows; those that it does not have are left out.
    ///   - name: What error messages call the part; nil for the data set's own name.
    public init(of base: any Dataset, rows: Range<Int>, name: String? = nil) {
        self.base = base
        self.rows = rows.clamped(to: 0..<base.count)
        self.name = name ?? base.name
    }

    /// The columns, in order.
    public var features: OrderedDictionary<String, Feature> { base.features }
    /// The number of rows.
    public var count: Int { rows.count }

    /// The columns asked for of one row.
    ///
    /// - Parameters:
    ///   - index: 0 ..< count.
    ///   - columns: Their names; nil for all. Others are not read.
    /// - Returns: Their values, in the order in which they were asked for.
    /// - Throws: What the data set throws; `DatasetRowError` if there is no such row.
    public func example(at index: Int, columns: [String]? = nil) throws -> Example {
        guard 0..<count ~= index else { throw DatasetRowError(dataset: name, row: index, count: count) }
        return try base.example(at: rows.lowerBound + index, columns: columns)
    }
}

/// Several data sets with the same columns, one after another.
public struct ConcatenatedDataset: Dataset {
    /// What error messages call it.
    public let name: String
    /// The number of rows of all together.
    public let count: Int
    private let parts: [any Dataset]
    /// How many rows there are before each part.
    private let firstRows: [Int]

    /// Data sets one after another.
    ///
    /// - Parameters:
    ///   - parts: The data sets.
    ///   - name: What error messages call them together.
    public init(_ parts: [any Dataset], name: String) {
        self.name = name
        self.parts = parts
        var count = 0
        firstRows = parts.map { part in
            defer { count += part.count }
            return count
        }
        self.count = count
    }

    /// The columns of the first data set, in order.
    public var features: OrderedDictionary<String, Feature> { parts.first?.features ?? [:] }

    /// The columns asked for of one row.
    ///
    /// - Parameters:
    ///   - index: 0 ..< count.
    ///   - columns: Their names; nil for all. Others are not read.
    /// - Returns: Their values, in the order in which they were asked for.
    /// - Throws: What the data sets throw; `DatasetRowError` if there is no such row.
    public func example(at index: Int, columns: [String]? = nil) throws -> Example {
        guard 0..<count ~= index else { throw DatasetRowError(dataset: name, row: index, count: count) }
        let part = firstRows.partitioningIndex { $0 > index } - 1
        return try parts[part].example(at: index - firstRows[part], columns: columns)
    }
}

/// A row that a data set does not have.
public struct DatasetRowError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the data set is called.
    public let dataset: String
    /// The number that was asked for.
    public let row: Int
    /// The number of rows.
    public let count: Int

    /// What is wrong.
    public var description: String { "\(dataset) has no row \(row); there are \(count), counted from 0" }
}
