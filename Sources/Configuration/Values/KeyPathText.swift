/// Reads and writes paths such as `a.b`, `a[0].b` and `[a].b`.
enum KeyPathText {
    /// Cuts a path into its keys: dots and brackets separate, a leading bracket starts a key, and an empty path is one
    /// empty key.
    static func split(_ path: String) -> [String] {
        guard path.contains(".") || path.contains("[") else { return [path] }
        let characters = Array(path)
        let headEnd = characters.firstIndex(of: "[") ?? characters.count
        var position = headEnd
        var keys = String(characters[..<headEnd]).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if position < characters.count, keys.last == "" { keys.removeLast() }
        // The rest alternates between `.key` and `[key]`; anything between them is passed over.
        while position < characters.count {
            switch characters[position] {
            case ".":
                let start = position + 1
                position = characters[start...].firstIndex { $0 == "." || $0 == "[" } ?? characters.count
                keys.append(String(characters[start..<position]))
            case "[":
                let start = position + 1
                guard let end = characters[start...].firstIndex(of: "]") else { return keys }
                keys.append(String(characters[start..<end]))
                position = end + 1
            default:
                position += 1
            }
        }
        return keys
    }

    /// The path of a key below a container: `a.b`, or `a[0]` below a sequence.
    static func join(_ container: String, _ key: String, inSequence: Bool) -> String {
        if inSequence { return container + "[" + key + "]" }
        return container.isEmpty ? key : container + "." + key
    }
}
