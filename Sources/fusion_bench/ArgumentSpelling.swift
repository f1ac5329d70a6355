/// Accepts the spellings that Python's argument parser takes: a value joined to a short flag (`-cjob`), an equals sign
/// after one (`-c=job`), and long flags cut short while they are unambiguous (`--config-n`).
enum ArgumentSpelling {
    private static let shortFlagsWithValue = ["-cp", "-cn", "-cd", "-c", "-p", "-i"]
    private static let shortFlags = ["-h", "-r", "-m", "-sc"]
    private static let topics = ["all", "config", "defaults", "defaults-tree", "plugins", "searchpath"]
    private static let longFlags = [
        "--cfg", "--check", "--config-dir", "--config-name", "--config-path", "--explain", "--fail-fast", "--help",
        "--hydra-help",
        "--info", "--keep-going", "--multirun", "--package", "--quiet", "--resolve", "--resume", "--run",
        "--shell-completion",
        "--version",
    ]

    static func normalized(_ arguments: [String]) -> [String] {
        // A word before all others may stand for a flag.
        if arguments.first == "check" { return ["--check"] + normalized(Array(arguments.dropFirst())) }
        var result: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { return result + arguments[index...] }
            if ["--info", "-i"].contains(result.last), !topics.contains(argument) { result.append("all") }
            result += argument.hasPrefix("--") ? [long(argument)] : short(argument)
        }
        return result
    }

    private static func long(_ argument: String) -> String {
        let name = argument.prefix { $0 != "=" }
        if longFlags.contains(String(name)) { return argument }
        let matches = longFlags.filter { $0.hasPrefix(name) }
        guard matches.count == 1, let flag = matches.first else { return argument }
        return flag + argument.dropFirst(name.count)
    }

    private static func short(_ argument: String) -> [String] {
        guard argument.hasPrefix("-"), argument.count > 2,
            !shortFlagsWithValue.contains(argument), !shortFlags.contains(argument)
        else { return [argument] }
        guard let flag = shortFlagsWithValue.first(where: argument.hasPrefix) else { return [argument] }
        let value = argument.dropFirst(flag.count)
        return [flag, String(value.first == "=" ? value.dropFirst() : value)]
    }
}
