/// A step that changes a text before it is split into words.
enum TextNormalizer: Sendable, Equatable {
    /// Canonical composition (NFC).
    case composition
    /// One space for each run of white space.
    case singleSpaces
    /// Lower-case letters, each character for itself.
    case lowercase

    /// Changes a text.
    func apply(to text: inout [Unicode.Scalar]) {
        switch self {
        case .composition: CanonicalComposition.apply(to: &text)
        case .singleSpaces: Self.joinBlanks(&text)
        case .lowercase: Self.lower(&text)
        }
    }

    private static func joinBlanks(_ text: inout [Unicode.Scalar]) {
        var end = 0
        var followsBlank = false
        for scalar in text {
            let isBlank = ScalarClass(scalar) == .blank
            if !(isBlank && followsBlank) {
                text[end] = isBlank ? " " : scalar
                end += 1
            }
            followsBlank = isBlank
        }
        text.removeLast(text.count - end)
    }

    private static func lower(_ text: inout [Unicode.Scalar]) {
        for index in text.indices where ("A"..."Z").contains(text[index]) {
            text[index] = Unicode.Scalar(UInt8(text[index].value) | 0x20)
        }
        guard text.contains(where: { !$0.isASCII }) else { return }
        // A character may become several. What follows has no say, so that every capital sigma becomes the same.
        text = text.flatMap { $0.isASCII ? [$0] : Array($0.properties.lowercaseMapping.unicodeScalars) }
    }
}
