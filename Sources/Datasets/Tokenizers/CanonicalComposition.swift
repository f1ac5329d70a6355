/// Canonical composition of texts: normalization form C.
///
/// Unicode Standard Annex #15, <https://www.unicode.org/reports/tr15/>. Characters are those of Unicode 9, like those of
/// Hugging Face's `tokenizers`: what later versions added neither decomposes nor changes its place.
enum CanonicalComposition {
    /// Composes a text in place.
    static func apply(to text: inout [Unicode.Scalar]) {
        // No character below is changed by, or changes, a neighbour.
        guard text.contains(where: { $0.value >= 0x300 }) else { return }
        text = composed(ordered(decomposed(text)))
    }

    /// A character, with its canonical combining class: 0 for one that others attach to.
    private typealias Mark = (scalar: Unicode.Scalar, combiningClass: Int)

    private static func decomposed(_ text: [Unicode.Scalar]) -> [Mark] {
        var marks: [Mark] = []
        marks.reserveCapacity(text.count + text.count / 2)
        for scalar in text { decompose(scalar, into: &marks) }
        return marks
    }

    private static func decompose(_ scalar: Unicode.Scalar, into marks: inout [Mark]) {
        if let parts = HangulSyllable.parts(of: scalar) ?? CanonicalDecompositions.standard.parts(of: scalar) {
            decompose(parts.first, into: &marks)
            if let second = parts.second { decompose(second, into: &marks) }
        } else {
            marks.append((scalar, combiningClass(of: scalar)))
        }
    }

    private static func combiningClass(of scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 0 }
        let value = Int(scalar.properties.canonicalCombiningClass.rawValue)
        return value != 0 && scalar.isAssigned(inUnicode: 9) ? value : 0
    }

    /// The same with each run of attached marks in the order of their classes.
    private static func ordered(_ marks: [Mark]) -> [Mark] {
        var result = marks
        var start = 0
        while start < result.count {
            guard result[start].combiningClass != 0 else {
                start += 1
                continue
            }
            let end = result[start...].firstIndex { $0.combiningClass == 0 } ?? result.count
            // The places keep marks of one class in their order.
            let run = zip(start..., result[start..<end]).sorted {
                ($0.1.combiningClass, $0.0) < ($1.1.combiningClass, $1.0)
            }
            result.replaceSubrange(start..<end, with: run.map(\.1))
            start = end
        }
        return result
    }

    private static func composed(_ marks: [Mark]) -> [Unicode.Scalar] {
        var text: [Unicode.Scalar] = []
        text.reserveCapacity(marks.count)
        var base: Int?
        // Of what stands between the base and the next character; -1 if nothing does.
        var lastClass = -1
        for (scalar, combiningClass) in marks {
            if let base, lastClass < combiningClass, let whole = composition(of: text[base], scalar) {
                text[base] = whole
                continue
            }
            if combiningClass == 0 { base = text.count }
            lastClass = combiningClass == 0 ? -1 : combiningClass
            text.append(scalar)
        }
        return text
    }

    private static func composition(of first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        HangulSyllable.composition(of: first, second)
            ?? CanonicalDecompositions.standard.composition(of: first, second)
    }
}

/// Syllables of Hangul, which decompose by arithmetic (The Unicode Standard, section 3.12).
private enum HangulSyllable {
    private static let firstSyllable: UInt32 = 0xAC00
    private static let firstLeading: UInt32 = 0x1100
    private static let firstVowel: UInt32 = 0x1161
    /// One before the first, as a syllable may have none.
    private static let noTrailing: UInt32 = 0x11A7
    private static let leadingCount: UInt32 = 19
    private static let vowelCount: UInt32 = 21
    private static let trailingCount: UInt32 = 28
    private static let syllables = firstSyllable..<firstSyllable + leadingCount * vowelCount * trailingCount

    static func parts(of scalar: Unicode.Scalar) -> CanonicalDecompositions.Parts? {
        guard syllables.contains(scalar.value) else { return nil }
        let number = scalar.value - firstSyllable
        let trailing = number % trailingCount
        let first: UInt32
        let second: UInt32
        if trailing > 0 {
            (first, second) = (scalar.value - trailing, noTrailing + trailing)
        } else {
            let open = number / trailingCount
            (first, second) = (firstLeading + open / vowelCount, firstVowel + open % vowelCount)
        }
        return Unicode.Scalar(first).map { ($0, Unicode.Scalar(second)) }
    }

    static func composition(of first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
        if (firstLeading..<firstLeading + leadingCount).contains(first.value),
            (firstVowel..<firstVowel + vowelCount).contains(second.value)
        {
            let open = (first.value - firstLeading) * vowelCount + second.value - firstVowel
            return Unicode.Scalar(firstSyllable + open * trailingCount)
        }
        guard syllables.contains(first.value), (first.value - firstSyllable) % trailingCount == 0,
            (noTrailing + 1..<noTrailing + trailingCount).contains(second.value)
        else { return nil }
        return Unicode.Scalar(first.value + second.value - noTrailing)
    }
}
