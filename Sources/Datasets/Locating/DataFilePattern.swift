import OperatingSystem

/// A pattern of paths, as `datasets` and the cards of data sets write them.
///
/// `*` stands for any characters within a name, `?` for one, `[…]` for one of several, and `**` for any folders.
struct DataFilePattern: Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    /// Names that are never data, unless a pattern ends with them.
    private static let ignoredNames: Set<String> = [
        "README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dummy_data.zip", "dataset_dict.json",
    ]

    /// Whether it stands for more than one path.
    var isMagic: Bool { text.contains { "*?[".contains($0) } }

    /// The files that it stands for, in the order of their paths.
    ///
    /// Hidden files, and files in folders that are hidden or begin with `__`, must be asked for by name.
    ///
    /// - Parameter directory: What relative paths are relative to.
    /// - Returns: Their paths.
    /// - Throws: `LoadDatasetError.invalidPattern` if `**` is only a part of a name.
    func files(in directory: String) throws(LoadDatasetError) -> [String] {
        let whole = FileSystem.join(directory, text)
        let name = text.split(separator: "/").last.map(String.init) ?? ""
        if !isMagic {
            let isData = FileSystem.isFile(whole) && !text.utf8.contains(0)
            return isData ? [whole] : []
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        for part in parts where part != "**" && part.contains("**") { throw .invalidPattern(text) }
        // What stands before the first name with a magic character is a folder.
        let plain = Array(parts.prefix { !DataFilePattern($0).isMagic })
        let root = FileSystem.join(directory, (text.hasPrefix("/") ? "/" : "") + plain.joined(separator: "/"))
        let names = Array(parts[plain.count...])
        let depth = names.contains("**") ? FileListing.depthLimit : names.count
        let ignored = Self.ignoredNames.subtracting([name])
        return FileListing.files(in: root, depth: depth).filter { path in
            guard let last = path.last, !ignored.contains(last) else { return false }
            return Self.matches(names[...], path[...])
                && Self.count(path.dropLast(), Self.isSpecial) == Self.count(names.dropLast(), Self.isSpecial)
                && Self.count(path, Self.isHidden) == Self.count(names, Self.isHidden)
        }.map { FileSystem.join(root, $0.joined(separator: "/")) }
    }

    private static func count(_ names: some Sequence<String>, _ property: (String) -> Bool) -> Int {
        names.count(where: property)
    }

    private static func isSpecial(_ name: String) -> Bool { name.hasPrefix("__") }

    private static func isHidden(_ name: String) -> Bool { name.hasPrefix(".") && !name.allSatisfy { $0 == "." } }

    /// Whether the parts of a pattern stand for those of a path.
    static func matches(_ pattern: ArraySlice<String>, _ path: ArraySlice<String>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        if first == "**" {
            if rest.isEmpty { return !path.isEmpty }
            return path.indices.contains { matches(rest, path[$0...]) }
        }
        guard let name = path.first, matches(first, name) else { return false }
        return matches(rest, path.dropFirst())
    }

    /// Whether a pattern without slashes stands for a name.
    ///
    /// - Complexity: The product of both lengths: of several `*`, only the last one ever needs to give way.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        // Of a whole part, at least one character is asked for.
        if pattern == "*" { return !name.isEmpty }
        let tokens = tokens(of: pattern)
        let characters = Array(name.unicodeScalars)
        var (token, character) = (0, 0)
        var retry: (token: Int, character: Int)?
        while character < characters.count {
            if token < tokens.count, case .any = tokens[token] {
                token += 1
                retry = (token, character)
            } else if token < tokens.count, tokens[token].matches(characters[character]) {
                token += 1
                character += 1
            } else if let last = retry {
                (token, character) = (last.token, last.character + 1)
                retry?.character += 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { if case .any = $0 { true } else { false } }
    }

    /// What a pattern says of a place in a name.
    private enum Token {
        case any
        case one
        case character(Unicode.Scalar)
        case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: false
            case .one: true
            case .character(let other): scalar == other
            case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
            }
        }
    }

    private static func tokens(of pattern: String) -> [Token] {
        var tokens: [Token] = []
        var rest = Array(pattern.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": tokens.append(.any)
            case "?": tokens.append(.one)
            case "[":
                if let set = set(&rest) { tokens.append(set) } else { tokens.append(.character("[")) }
            default: tokens.append(.character(scalar))
            }
        }
        return tokens
    }

    /// What stands between brackets; nil, with nothing taken, if they are not closed.
    private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Token? {
        let negated = rest.first == "!"
        let start = rest.startIndex + (negated ? 1 : 0)
        // A bracket that comes first is one of the characters.
        guard start < rest.endIndex, let end = rest[(start + 1)...].firstIndex(of: "]") else { return nil }
        var characters = rest[start..<end]
        rest = rest[(end + 1)...]
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let low = characters.popFirst() {
            if characters.first == "-", characters.count > 1 {
                let high = characters[characters.startIndex + 1]
                characters = characters.dropFirst(2)
                if low <= high { ranges.append(low...high) }
            } else {
                ranges.append(low...low)
            }
        }
        return .oneOf(ranges, negated: negated)
    }
}

/// The files below a folder.
enum FileListing {
    /// Nobody nests deeper; links are not followed, so that it ends anyway.
    static let depthLimit = 64

    /// All files, each as the names that lead to it, in the order of their paths.
    ///
    /// Links to files count as files; links to folders are not followed, as in Python.
    static func files(in directory: String, depth: Int = depthLimit) -> [[String]] {
        var found: [[String]] = []
        collect(directory, [], depth, &found)
        return found.map { (path: $0.joined(separator: "/"), names: $0) }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }.map(\.names)
    }

    private static func collect(_ directory: String, _ names: [String], _ depth: Int, _ found: inout [[String]]) {
        guard depth > 0 else { return }
        for name in FileSystem.names(in: directory) {
            let path = FileSystem.join(directory, name)
            if FileSystem.isFile(path) {
                found.append(names + [name])
            } else if FileSystem.isDirectory(path), FileSystem.destination(ofLink: path) == nil {
                collect(path, names + [name], depth - 1, &found)
            }
        }
    }
}
