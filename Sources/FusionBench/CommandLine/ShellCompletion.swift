import Configuration
import OperatingSystem

/// Completes the command line in bash, fish and zsh: config groups, options, keys, values and flags.
struct ShellCompletion {
    let options: CommandLineOptions
    let console: Console
    let composer: MakeComposer

    /// Does what the argument after `--shell-completion` says: `install=SHELL`, `uninstall=SHELL` or `query=SHELL`.
    func perform() throws {
        guard options.overrides.count == 1, let argument = options.overrides.first else {
            throw CommandLineError.unknownCompletion(options.overrides.joined(separator: " "))
        }
        switch argument {
        case "install=bash": console.write(Self.bashScript)
        case "install=zsh": console.write(Self.zshScript)
        case "install=fish": console.write(Self.fishScript)
        case "uninstall=bash": console.print("complete -r fusion_bench; unset -f _fusion_bench_complete")
        case "uninstall=zsh": console.print("compdef -d fusion_bench; unfunction _fusion_bench_complete")
        case "uninstall=fish": console.print("complete -e -c fusion_bench; functions -e _fusion_bench_complete")
        case "query=bash", "query=zsh", "query=fish": query()
        default: throw CommandLineError.unknownCompletion(argument)
        }
    }

    /// Prints the candidates for the last word of `COMP_LINE`, one a line.
    ///
    /// What cannot be composed gives none.
    private func query() {
        let line = ProcessEnvironment["COMP_LINE"] ?? ""
        var words = line.split(separator: " ").map(String.init).dropFirst().map { $0 }
        let word = line.hasSuffix(" ") ? "" : words.popLast() ?? ""
        let candidates = Set(candidates(for: word, after: words)).sorted()
        console.write(candidates.map { $0 + "\n" }.joined())
    }

    private static let flags = [
        "--cfg", "--config-dir", "--config-name", "--config-path", "--explain", "--fail-fast", "--help", "--hydra-help",
        "--info", "--keep-going", "--multirun", "--package", "--resolve", "--resume", "--run", "--shell-completion",
        "--version",
    ]

    /// The flags whose value is the next word, with the values where they are known.
    private static let valuedFlags: [String: [String]] = [
        "--cfg": ["job", "hydra", "all"], "-c": ["job", "hydra", "all"],
        "--info": ["all", "config", "defaults", "defaults-tree", "plugins", "searchpath"], "--config-dir": [],
        "-cd": [], "--explain": [], "--config-path": [], "-cp": [], "--config-name": [], "-cn": [], "--package": [],
        "-p": [],
    ]

    private func candidates(for word: String, after words: [String]) -> [String] {
        if word.hasPrefix("-") { return Self.flags.filter { $0.hasPrefix(word) } }
        let isExplained = words.last == "--explain"
        if !isExplained, let flag = words.last, let values = Self.valuedFlags[flag] {
            return values.filter { $0.hasPrefix(word) }
        }
        if let files = fileCandidates(word) { return files }

        // The line as far as it goes decides which groups and keys there are.
        var options = self.options
        options.overrides = []
        var index = words.startIndex
        while index < words.endIndex {
            switch words[index] {
            case "--config-path", "-cp": options.configPath = words[safe: index + 1]
            case "--config-dir", "-cd": options.configDirectory = words[safe: index + 1]
            case "--config-name", "-cn": options.configName = words[safe: index + 1] ?? options.configName
            case let other where !other.hasPrefix("-"): options.overrides.append(other)
            default: break
            }
            if Self.valuedFlags[words[index]] != nil { index += 1 }
            index += 1
        }
        let isMultirun = words.contains("-m") || words.contains("--multirun")
        guard let completion = try? composer(options.overrides, isMultirun).silenced().completion() else { return [] }
        if isExplained { return completion.keys(startingWith: word) }
        return completion.candidates(for: word)
    }

    /// Files for a value that starts like a path; nil if it does not.
    private func fileCandidates(_ word: String) -> [String]? {
        guard let equals = word.lastIndex(of: "=") else { return nil }
        let path = String(word[word.index(after: equals)...])
        guard [".", "/"].contains(where: path.hasPrefix) else { return nil }
        let prefix = String(word[...equals])
        let directory = FileSystem.isDirectory(path) && path.hasSuffix("/") ? path : FileSystem.directoryName(path)
        let start =
            FileSystem.isDirectory(path) && path.hasSuffix("/")
            ? "" : path.split(separator: "/").last.map(String.init) ?? ""
        return FileSystem.names(in: directory).filter { $0.hasPrefix(start) }.map { name in
            let full = FileSystem.join(directory, name)
            return prefix + full + (FileSystem.isDirectory(full) ? "/" : "")
        }
    }

    private static let bashScript = """
        _fusion_bench_complete() {
            mapfile -t COMPREPLY < <(
                COMP_LINE="${COMP_LINE:0:COMP_POINT}" "${COMP_WORDS[0]}" --shell-completion query=bash 2>/dev/null)
        }
        COMP_WORDBREAKS=${COMP_WORDBREAKS//=}
        complete -o nospace -o default -F _fusion_bench_complete fusion_bench

        """

    private static let zshScript = """
        _fusion_bench_complete() {
            local -a candidates
            candidates=("${(@f)$(COMP_LINE="${words[1,CURRENT]}" ${words[1]} --shell-completion query=zsh 2>/dev/null)}")
            compadd -S '' -- $candidates
        }
        autoload -Uz compinit && compinit -C
        compdef _fusion_bench_complete fusion_bench

        """

    private static let fishScript = """
        function _fusion_bench_complete
            set -lx COMP_LINE (commandline -cp)
            set -l parts (commandline -cpo)
            $parts[1] --shell-completion query=fish 2>/dev/null
        end
        complete -c fusion_bench -f -a '(_fusion_bench_complete)'

        """
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
