/// What every message to a user is like.
package enum ErrorMessage {
    /// The most characters that a message may have.
    private static let limit = 20_000

    /// Checks that a message says something, is not endless, and holds nothing that would confuse a terminal.
    ///
    /// - Throws: `PropertyFailure` if it is not so.
    package static func check(_ error: some Error) throws(PropertyFailure) {
        let text = "\(error)"
        guard !text.isEmpty, text.utf8.count <= limit else {
            throw PropertyFailure("the message has \(text.utf8.count) bytes")
        }
        if text.unicodeScalars.contains(where: isConfusing) {
            throw PropertyFailure("the message holds control characters: \(text.debugDescription)")
        }
    }

    private static func isConfusing(_ scalar: Unicode.Scalar) -> Bool {
        // The control characters of C0 and C1, and the one between them.
        switch scalar.value {
        case 0x09, 0x0A: false
        case ..<0x20, 0x7F..<0xA0: true
        default: false
        }
    }
}
