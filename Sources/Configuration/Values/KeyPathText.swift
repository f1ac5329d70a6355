/// Reads and writes paths such as `a.b`, `a[0].b` and `[a].b`.
enum KeyPathText {
    /// Cuts a path into its keys, at dots and brackets.
    ///
    /// Leading dots make empty keys.
    static func split(_ path: String) -> [String] {
        guard path.contains(".") || path.contains("[") else { return [path] }
        let characters = Array(path)
        var position = characters.firstIndex { $0 != "." } ?? characters.count
        position = characters[position...].firstIndex { $0 == "." || $0 == "[" } ?? characters.count
        var keys = characters[..<position].split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        if position < characters.count, characters[position] == "[", keys.last == "" { keys.removeLast() }
        let lastClosing = characters.lastIndex(of: "]") ?? 0
        // The rest alternates between `.key` and `[key]`; anything between them is passed over.
        while position < characters.count {
            let start = position + 1
            if characters[position] == "." {
                position = characters[start...].firstIndex { $0 == "." || $0 == "[" } ?? characters.count
                keys.append(String(characters[start..<position]))
            } else if characters[position] == "[", position < lastClosing,
                let end = characters[start...].firstIndex(of: "]")
            {
                keys.append(String(characters[start..<end]))
                position = end + 1
            } else {
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

    /// The index that a key of a path stands for; nil if it is none.
    static func index(_ key: String) -> Int? { Int(key) ?? OverrideCast.pythonInteger(key)?.int }
}
