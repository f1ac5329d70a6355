public import Checkpoints
import Diagnostics

/// What is wrong with a Parquet file, and where in it.
public struct ParquetError: Error, Sendable, Equatable {
    /// The file.
    public let path: String
    /// The number of the row group, from 0; nil if the error is not about one.
    public let rowGroup: Int?
    /// The column, its parts joined by dots; nil if the error is not about one.
    public let column: String?
    /// The number of the page in its column chunk, from 0; nil if the error is not about one.
    public let page: Int?
    /// What is wrong.
    public let problem: ParquetProblem

    /// An error at a place.
    public init(
        path: String, rowGroup: Int? = nil, column: String? = nil, page: Int? = nil, _ problem: ParquetProblem
    ) {
        self.path = path
        self.rowGroup = rowGroup
        self.column = column
        self.page = page
        self.problem = problem
    }
}

extension ParquetError: CustomStringConvertible {
    /// What is wrong, and where.
    public var description: String {
        // These name the path themselves.
        if case .file(let error) = problem { return error.description }
        let places = [
            rowGroup.map { "row group \($0)" }, column.map { "column \($0.quoted())" }, page.map { "page \($0)" },
        ].compactMap(\.self)
        let place = places.isEmpty ? "" : " (\(places.joined(separator: ", ")))"
        return "\(path)\(place): \(problem)".withVisibleControls
    }
}

/// What can be wrong with a Parquet file.
public enum ParquetProblem: Error, Sendable, Equatable {
    /// The file cannot be opened or read.
    case file(CheckpointError)
    /// The file does not begin and end as Parquet files do.
    case notParquet
    /// The file, or a column of it, is encrypted.
    case encrypted
    /// Metadata that cannot be understood; which structure, and why.
    case malformed(structure: String, problem: String)
    /// The bytes of a page cannot be decoded; what they hold, and why.
    case undecodable(content: String, problem: String)
    /// Something ends before all of it was read.
    case ended(content: String)
    /// Something lies outside of the part of the file in which it must be; all in bytes.
    case outside(content: String, range: Range<Int>, limits: Range<Int>)
    /// A number does not agree with another one.
    case mismatch(content: String, expected: Int, found: Int)
    /// Something is larger than this reader allows.
    case tooLarge(content: String, size: Int, limit: Int)
    /// The bytes of a page are not those that were written.
    case checksum(expected: UInt32, found: UInt32)
    /// A compression that is not supported.
    case codec(String)
    /// An encoding that is not supported for the type of the column.
    case encoding(String, type: String)
    /// A type that is not supported.
    case type(String)
    /// A whole number that does not fit into 64 bits with a sign.
    case integerTooLarge(UInt64)
    /// Text that is not UTF-8.
    case notUTF8
    /// A text that is none of the names of a column's classes.
    case unknownClass(String)
    /// An image of which only the path is in the file.
    case imageWithoutBytes(imagePath: String)
    /// There is no column of this name.
    case missingColumn(nearest: [String])
    /// A column has another type than the same column in the data set's first file.
    case columnTypeDiffers(expected: String, found: String)
    /// There is no row of this number.
    case noRow(Int, count: Int)
}

extension ParquetProblem: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .notParquet: "this is no Parquet file: it does not begin and end with 'PAR1'"
        case .encrypted: "it is encrypted, which is not supported"
        case .malformed(let structure, let problem): "the \(structure) is malformed: \(problem)"
        case .undecodable(let content, let problem): "the \(content) cannot be decoded: \(problem)"
        case .ended(let content): "the \(content) ends too early"
        case .outside(let content, let range, let limits):
            "the \(content) lies at the bytes \(range.lowerBound) to \(range.upperBound), "
                + "outside of \(limits.lowerBound) to \(limits.upperBound)"
        case .mismatch(let content, let expected, let found): "\(content): \(expected) expected, found \(found)"
        case .tooLarge(let content, let size, let limit): "\(content): \(size), where at most \(limit) are allowed"
        case .checksum(let expected, let found):
            "the bytes are damaged: their checksum is \(found), and should be \(expected)"
        case .codec(let name):
            "the compression \(name) is not supported; there are: \(ParquetCodec.supportedNames.joined(separator: ", "))"
        case .encoding(let name, let type): "the encoding \(name) is not supported for the type \(type)"
        case .type(let name): "the type \(name) is not supported"
        case .integerTooLarge(let number): "the whole number \(number) does not fit into 64 bits with a sign"
        case .notUTF8: "a text is not UTF-8"
        case .unknownClass(let name): "\(name.quoted()) is none of the column's classes"
        case .imageWithoutBytes(let path):
            "of the image \(path.quoted()) only the path is in the file; images must be stored with their bytes"
        case .missingColumn(let nearest):
            "there is no such column" + (nearest.isEmpty ? "" : "; near: \(nearest.quotedList())")
        case .columnTypeDiffers(let expected, let found):
            "it has the type \(found), and in the first file of the data set \(expected)"
        case .noRow(let row, let count): "there is no row \(row); there are \(count), counted from 0"
        }
    }
}
