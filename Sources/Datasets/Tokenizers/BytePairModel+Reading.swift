import JSON

extension BytePairModel {
    /// Reads a vocabulary: an object with the id of each token.
    static func readVocabulary(_ reader: inout JSONReader) throws(JSONError) -> [(token: String, id: Int)] {
        var tokens: [(token: String, id: Int)] = []
        try reader.beginObject()
        while let token = try reader.nextKey() { tokens.append((token, try reader.readSize())) }
        return tokens
    }

    /// Reads merges: a list of texts `"a b"`, or of lists `["a", "b"]`.
    static func readMerges(_ reader: inout JSONReader) throws(JSONError) -> [(left: String, right: String)] {
        var merges: [(left: String, right: String)] = []
        try reader.beginArray()
        while try reader.nextItem() {
            let parts: [String?]
            switch try reader.readValue() {
            case .string(let text):
                parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            case .array(let items): parts = items.map(\.string)
            default: parts = []
            }
            guard parts.count == 2, let left = parts[0], let right = parts[1] else {
                throw reader.failure("merge \(merges.count + 1) should be two tokens")
            }
            merges.append((left, right))
        }
        return merges
    }

    /// Reads the lines of `merges.txt`: two tokens each, after the version of the file.
    ///
    /// - Throws: `TokenizerError` with the line that is none.
    static func merges(parsing bytes: [UInt8], path: String) throws(TokenizerError) -> [(left: String, right: String)] {
        var merges: [(left: String, right: String)] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if line.isEmpty || line.starts(with: "#version".utf8) { continue }
            let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            let texts = parts.compactMap { String(validating: $0, as: UTF8.self) }
            guard parts.count == 2, texts.count == 2 else {
                let text = String(decoding: line, as: UTF8.self)
                throw .invalid(
                    path: path,
                    problems: [.invalidMerge(text, number: index + 1, problem: "should be two tokens in UTF-8")])
            }
            merges.append((texts[0], texts[1]))
        }
        return merges
    }
}
