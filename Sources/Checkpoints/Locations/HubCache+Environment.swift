import Glibc
import OperatingSystem

extension HubCache {
    /// The cache that Python would use: `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME/hub`,
    /// `XDG_CACHE_HOME/huggingface/hub` or `~/.cache/huggingface/hub`, whatever is set first.
    ///
    /// - Parameter environment: The environment variables; empty ones count as not set.
    public init(environment: [String: String]) {
        func value(_ name: String) -> String? {
            environment[name].map { Self.expanded($0, environment) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        let caches = value("XDG_CACHE_HOME") ?? FileSystem.join(Self.home(environment), ".cache")
        let home = value("HF_HOME") ?? FileSystem.join(caches, "huggingface")
        directory = value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") ?? FileSystem.join(home, "hub")
    }

    private static func home(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], !home.isEmpty { return home }
        guard let entry = getpwuid(getuid()), let directory = entry.pointee.pw_dir else { return "/" }
        return String(cString: directory)
    }

    /// A path with `~` and `$NAME` or `${NAME}` replaced; what is not set stays as it is.
    private static func expanded(_ path: String, _ environment: [String: String]) -> String {
        var rest = path[...]
        var result = ""
        if path == "~" || path.hasPrefix("~/") {
            result = home(environment)
            rest = rest.dropFirst()
        }
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            let (reference, name) = variable(at: rest)
            result += environment[name] ?? String(reference)
            rest = rest.dropFirst(reference.count)
        }
        return result + rest
    }

    /// The reference to a variable that a text begins with, and the name of the variable.
    private static func variable(at text: Substring) -> (reference: Substring, name: String) {
        let name = text.dropFirst().prefix { $0.utf8.allSatisfy(isWord) }
        if !name.isEmpty { return (text.prefix(name.count + 1), String(name)) }
        guard text.hasPrefix("${"), let end = text.firstIndex(of: "}") else { return (text.prefix(1), "") }
        return (text[...end], String(text[..<end].dropFirst(2)))
    }
}
