import Diagnostics

/// Which rows of which splits make a data set: `train`, `test[:100]`, `train[10%:20%]+validation`.
///
/// The grammar and the rounding are those of `datasets`.
public struct SplitInstruction: Sendable, Equatable {
    /// How a percentage becomes a number of rows.
    enum Rounding: String, Sendable {
        /// To the nearest number, of two equally near ones to the even one.
        case closest
        /// As many rows for each percent; some rows at the end are then in no part.
        case droppingRemainder = "pct1_dropremainder"
    }

    /// A part of a split.
    struct Part: Sendable, Equatable {
        let split: String
        /// Negative numbers count from the end; nil for the first or last row.
        let from: Int?
        let to: Int?
        /// Set if the numbers are percentages.
        let rounding: Rounding?
    }

    let parts: [Part]
    private let text: String

    /// The splits with all their rows.
    init(wholeSplits: [String]) {
        text = wholeSplits.joined(separator: "+")
        parts = wholeSplits.map { Part(split: $0, from: nil, to: nil, rounding: nil) }
    }

    /// Reads a text.
    ///
    /// - Throws: `LoadDatasetError.invalidSplit` if it is malformed.
    public init(_ text: String) throws(LoadDatasetError) {
        self.text = text
        var parts: [Part] = []
        for part in text.split(separator: "+", omittingEmptySubsequences: false) {
            parts.append(try Self.part(String(part).trimmed, of: text))
        }
        self.parts = parts
    }

    private static func part(_ part: String, of text: String) throws(LoadDatasetError) -> Part {
        func failure(_ problem: String) -> LoadDatasetError { .invalidSplit(text, problem: problem) }
        let split = String(part.prefix { $0 != "[" && $0 != "(" })
        guard SplitName.isValid(split) else { throw failure("\(split.quoted()) is no name of a split") }
        var rest = part.dropFirst(split.count)
        var (from, to): (Boundary?, Boundary?)
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw failure("a bracket is not closed") }
            let range = rest[rest.index(after: rest.startIndex)..<end].split(
                separator: ":", omittingEmptySubsequences: false)
            guard range.count == 2, let start = Boundary(range[0]), let stop = Boundary(range[1]) else {
                throw failure("between the brackets must stand two whole numbers or percentages, as in [10%:20%]")
            }
            (from, to) = (start, stop)
            rest = rest[rest.index(after: end)...]
        }
        let isPercentage = from?.isPercentage == true || to?.isPercentage == true
        var rounding = isPercentage ? Rounding.closest : nil
        if rest.first == "(", rest.last == ")" {
            guard let named = Rounding(rawValue: String(rest.dropFirst().dropLast())) else {
                throw failure("the rounding is closest or pct1_dropremainder")
            }
            guard isPercentage else { throw failure("only percentages are rounded") }
            rounding = named
            rest = ""
        }
        guard rest.isEmpty else { throw failure("\(String(rest).quoted()) does not belong there") }
        for number in [from?.number, to?.number] where isPercentage && abs(number ?? 0) > 100 {
            throw failure("percentages lie between -100 and 100")
        }
        return Part(split: split, from: from?.number, to: to?.number, rounding: rounding)
    }

    /// A number between brackets.
    private struct Boundary {
        let number: Int?
        let isPercentage: Bool

        init?(_ text: Substring) {
            isPercentage = text.last == "%"
            let digits = isPercentage ? text.dropLast() : text
            if digits.isEmpty {
                number = nil
                if isPercentage { return nil }
                return
            }
            // As in Python, single underscores may stand between digits.
            let groups = digits.drop { $0 == "-" }.split(separator: "_", omittingEmptySubsequences: false)
            guard !groups.contains(where: \.isEmpty), digits.utf8.allSatisfy({ $0 < 0x80 }),
                let number = Int(digits.replacing("_", with: "")), number > -1 << 60, number < 1 << 60,
                digits.first != "+"
            else { return nil }
            self.number = number
        }
    }
}

extension SplitInstruction.Part {
    /// The rows of a split with so many of them.
    ///
    /// - Throws: `LoadDatasetError.invalidSplit` if percentages are rounded down to no rows at all.
    func rows(of count: Int) throws(LoadDatasetError) -> Range<Int> {
        func boundary(_ number: Int?, _ fallback: Int) throws(LoadDatasetError) -> Int {
            guard let number else { return fallback }
            let row = try absolute(number, of: count)
            return min(row < 0 ? max(count + row, 0) : row, count)
        }
        let start = try boundary(from, 0)
        return start..<max(start, try boundary(to, count))
    }

    private func absolute(_ number: Int, of count: Int) throws(LoadDatasetError) -> Int {
        switch rounding {
        case nil: return number
        case .closest: return Int((Double(number) * Double(count) / 100).rounded(.toNearestOrEven))
        case .droppingRemainder:
            guard count >= 100 else {
                throw .invalidSplit(
                    "\(split)[…](pct1_dropremainder)", problem: "there are \(count) rows, and it takes 100 at least")
            }
            return number * (count / 100)
        }
    }
}

extension String {
    /// The text without blanks at its ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
