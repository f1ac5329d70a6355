/// A string value that holds `${…}`, parsed.
///
/// Sources: the grammar of OmegaConf 2.3 (https://omegaconf.readthedocs.io, "Grammar").
public struct Interpolation: Sendable {
    /// The text as written.
    public let text: String
    let parts: [Part]

    /// A piece of a string: text to copy, or something to look up.
    indirect enum Part: Sendable {
        case literal(String)
        case reference(Reference)
        case resolver(ResolverCall)
    }

    /// `${a.b}`, `${..a[0]}`, `${a.${b}}`.
    struct Reference: Sendable {
        /// The pieces of the path in order: dots and brackets as written, keys, and keys that are looked up.
        let pieces: [KeyPiece]
        let text: String
    }

    enum KeyPiece: Sendable {
        case text(String)
        case lookup(Part)
    }

    /// `${name:argument,…}`.
    struct ResolverCall: Sendable {
        let name: [KeyPiece]
        let arguments: [Element]
        let text: String
    }

    /// An argument of a resolver, or a part of a list or dictionary in one.
    indirect enum Element: Sendable {
        case scalar(Scalar)
        /// Unquoted text with interpolations in it; one interpolation alone keeps its type.
        case text([Part])
        /// Quoted text: always a string.
        case quoted([Part])
        case list([Element])
        case dictionary([(key: Scalar, value: Element)])
    }

    /// Whether a text is read as an interpolation.
    ///
    /// Escaped ones count: they need unescaping.
    static func isInterpolation(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "{"), previous == UInt8(ascii: "$") { return true }
            previous = byte
        }
        return false
    }

    /// Parses a text that contains `${`.
    ///
    /// - Throws: `ConfigurationError` that names the offset in the text.
    init(parsing text: String, origin: Origin? = nil) throws {
        self.text = text
        do throws(InterpolationSyntaxError) {
            var parser = InterpolationParser(text)
            parts = try parser.parseText()
        } catch {
            throw ConfigurationError(
                .interpolationSyntax(text: text, offset: error.offset, problem: error.problem), at: origin)
        }
    }
}
