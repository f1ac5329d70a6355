extension String {
    /// The text with a dot for each character that would change how a terminal shows the rest; line ends and tabs stay.
    public var withVisibleControls: String {
        guard unicodeScalars.contains(where: \.breaksTerminals) else { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars { result.append(scalar.breaksTerminals ? "·" : scalar) }
        return String(result)
    }

    /// The text as a message shows it: on one line, without control characters, and cut if it is very long.
    public func excerpt(limit: Int = 200) -> String {
        let start = isLonger(than: limit) ? prefix(limit) + "…" : self
        return start.withVisibleControls.replacing("\n", with: "·").replacing("\t", with: "·")
    }

    /// The excerpt in quotes, with the length of the text if it was cut.
    public func quoted(limit: Int = 200) -> String {
        "'\(excerpt(limit: limit))'" + (isLonger(than: limit) ? " (\(count) characters)" : "")
    }

    private func isLonger(than limit: Int) -> Bool {
        index(startIndex, offsetBy: limit + 1, limitedBy: endIndex) != nil
    }
}

extension Collection<String> {
    /// The texts one after another, as a message quotes them; of very many only the first.
    public func quotedList(limit: Int = 10) -> String {
        let shown = prefix(limit).map { $0.quoted() }.joined(separator: ", ")
        return count > limit ? "\(shown), … (\(count) in all)" : shown
    }
}

extension Unicode.Scalar {
    fileprivate var breaksTerminals: Bool {
        // Looking properties up takes long, and most characters are these.
        if (0x20...0x7E).contains(value) { return false }
        if properties.isBidiControl { return true }
        return switch properties.generalCategory {
        case .control: self != "\n" && self != "\t"
        case .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
