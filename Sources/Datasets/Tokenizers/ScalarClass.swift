/// What the patterns that split texts into words tell apart.
enum ScalarClass {
    /// General category L.
    case letter
    /// General category N.
    case number
    /// White space.
    case blank
    case other

    /// The class of a character.
    ///
    /// Letters and numbers are those of Unicode 16, which the regular expressions of Hugging Face's `tokenizers` know
    /// (0.23; Oniguruma); what later versions of Unicode added belongs to `other`.
    init(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "a"..."z", "A"..."Z": self = .letter
        case " ", "\t"..."\r": self = .blank
        case "0"..."9": self = .number
        case "\0"..."\u{7F}": self = .other
        default: self.init(beyondASCII: scalar)
        }
    }

    private init(beyondASCII scalar: Unicode.Scalar) {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = scalar.isAssigned(inUnicode: 16) ? .letter : .other
        case .decimalNumber, .letterNumber, .otherNumber:
            self = scalar.isAssigned(inUnicode: 16) ? .number : .other
        default: self = properties.isWhitespace ? .blank : .other
        }
    }
}

extension Unicode.Scalar {
    /// Whether a version of Unicode has this character.
    func isAssigned(inUnicode majorVersion: Int) -> Bool {
        guard let age = properties.age else { return false }
        return (age.major, age.minor) <= (majorVersion, 0)
    }
}
