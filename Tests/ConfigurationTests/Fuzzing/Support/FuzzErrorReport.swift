import TestSupport

@testable import Configuration

/// The property of every error: it can be shown to a person.
enum FuzzErrorReport {
    static func check(_ error: ConfigurationError) throws {
        let text = ErrorReport(usesColor: false).text(error)
        if text.isEmpty { throw PropertyFailure("the report of \(error.problem) is empty") }
        if let control = text.unicodeScalars.first(where: isForbidden) {
            throw PropertyFailure("the report holds U+\(String(control.value, radix: 16)): \(text.debugDescription)")
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // The last line of marks is the report's own; those before may come from the input.
        guard let mark = lines.lastIndex(where: isMark), mark > 0 else { return }
        // A mark may stand one character past the end, and an ellipsis may be cut off.
        if lines[mark].count > lines[mark - 1].count + 2 {
            throw PropertyFailure("the mark is too long: \(text.debugDescription)")
        }
    }

    /// Runs something that may throw `ConfigurationError`, whose report is then checked.
    ///
    /// - Returns: nil if it threw.
    static func attempt<Value>(_ work: () throws -> Value) throws -> Value? {
        do {
            return try work()
        } catch let error as ConfigurationError {
            try check(error)
            return nil
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
    }

    private static func isMark(_ line: Substring) -> Bool {
        line.contains("^") && line.allSatisfy { $0 == "^" || $0 == " " || $0 == "\t" || $0 == "|" }
    }
}
