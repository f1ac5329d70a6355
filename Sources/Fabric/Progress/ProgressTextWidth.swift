/// How many columns of a terminal text takes.
enum ProgressTextWidth {
    /// The columns: two for the wide characters of East Asia and for emoji, none for combining marks.
    static func columns(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + columns($1) } }

    /// As much of the beginning as fits; all of it if there is no width.
    static func trimmed(_ text: String, to width: Int?) -> String {
        guard var room = width else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            room -= columns(scalar)
            if room < 0 { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// The text with blanks in place of line breaks and other control characters, which would break the line.
    static func withoutControls(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return result
    }

    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
        0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }
}
