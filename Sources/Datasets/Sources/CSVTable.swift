/// Rows of texts, separated by commas (RFC 4180).
///
/// A field in quotes may hold commas and line ends, and quotes that stand twice. Lines end with or without a carriage
/// return; blank ones are left out. The text is UTF-8, with or without a mark of its order of bytes.
struct CSVTable: Equatable {
    /// The fields of each row.
    private(set) var rows: [[String]] = []
    /// The line that each row begins on, from 1.
    private(set) var lines: [Int] = []

    /// Reads a text.
    ///
    /// - Throws: `CSVProblem` with the line.
    init(parsing bytes: [UInt8]) throws(CSVProblem) {
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 1
        while position < bytes.count {
            let firstLine = line
            var fields: [String] = []
            var isOpen = true
            while isOpen {
                fields.append(try Self.readField(bytes, &position, &line))
                isOpen = position < bytes.count && bytes[position] == UInt8(ascii: ",")
                if isOpen { position += 1 }
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
            if position < bytes.count {
                guard bytes[position] == UInt8(ascii: "\n") else {
                    throw CSVProblem(line: line, text: "a comma or the end of the line must follow a closing quote")
                }
                position += 1
                line += 1
            }
            if fields == [""] { continue }
            rows.append(fields)
            lines.append(firstLine)
        }
    }

    private static func readField(
        _ bytes: [UInt8], _ position: inout Int, _ line: inout Int
    ) throws(CSVProblem) -> String {
        let firstLine = line
        var field: [UInt8] = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            while true {
                guard position < bytes.count else { throw CSVProblem(line: firstLine, text: "a quote is not closed") }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == byte else { break }
                    position += 1
                }
                if byte == UInt8(ascii: "\n") { line += 1 }
                field.append(byte)
            }
        } else {
            let end = bytes[position...].firstIndex { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            }
            field = Array(bytes[position..<(end ?? bytes.count)])
            position = end ?? bytes.count
        }
        guard let text = String(validating: field, as: UTF8.self) else {
            throw CSVProblem(line: firstLine, text: "a field is not UTF-8")
        }
        return text
    }
}

/// Why a text is no table.
struct CSVProblem: Error, Equatable {
    /// From 1.
    let line: Int
    let text: String
}
