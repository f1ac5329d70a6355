/// What `mpirun` and the ranks write to standard error, without the parts of mpirun that say nothing new.
///
/// A rank that fails has said why, so mpirun's remarks about that go. That a rank was killed only mpirun knows: this
/// becomes one line. That connections broke follows from either, and is said only if neither is. All else stays as it is,
/// among it whatever the ranks write.
struct LauncherMessages {
    /// mpirun frames its messages with lines of dashes.
    private static let frame = String(repeating: "-", count: 74)
    /// Longer ones are none of mpirun's.
    private static let longestMessage = 40

    /// The lines since a frame; nil outside.
    private var message: [String]?
    /// The start of a line of which the rest has not come.
    private var rest: [UInt8] = []
    /// Whether the start of the line that now comes has been handed out.
    private var isInsideLine = false
    /// Whether the ranks have started.
    private(set) var hasStarted = false
    /// The first line that has said why the job ends, without the rank that it is from.
    private(set) var reason: String?
    /// What follows from a reason that may still come.
    private var consequences: [UInt8] = []

    /// Takes a part of the text.
    ///
    /// - Returns: What is to be written of it now.
    mutating func take(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes {
            rest.append(byte)
            guard byte == UInt8(ascii: "\n") else { continue }
            result += isInsideLine ? rest : line(String(decoding: rest.dropLast(), as: UTF8.self), rest)
            rest = []
            isInsideLine = false
        }
        // A bar of progress has no end of line: only what may become a line of mpirun is held back.
        if message == nil, let first = rest.first,
            isInsideLine || (first != UInt8(ascii: "-") && first != UInt8(ascii: "["))
        {
            result += rest
            rest = []
            isInsideLine = true
        }
        return result
    }

    /// What is left at the end.
    mutating func finish() -> [UInt8] {
        defer { rest = [] }
        return giveUpMessage() + rest + (reason == nil ? consequences : [])
    }

    private mutating func line(_ text: String, _ bytes: [UInt8]) -> [UInt8] {
        if let lines = message {
            if text == Self.frame {
                message = nil
                return Self.text(shortened(lines))
            }
            message?.append(text)
            return lines.count < Self.longestMessage ? [] : giveUpMessage()
        }
        if text == Self.frame {
            message = []
            return []
        }
        // It may start with the number of the rank.
        if text.hasSuffix(StartReport.line) {
            hasStarted = true
            return []
        }
        if reason == nil, text.hasPrefix("[rank "), let end = text.firstIndex(of: "]") {
            reason = String(text[text.index(after: end)...].drop { $0 == " " })
        }
        // mpirun trips over its own remarks when several come at once, and over an ssh that is quicker than it.
        let isStumble =
            text.contains("ORTE_ERROR_LOG") && text.contains("show_help.c")
            || text.contains("plm:rsh: Warning: setpgid")
        return isStumble ? [] : bytes
    }

    /// The lines were none of mpirun's.
    private mutating func giveUpMessage() -> [UInt8] {
        defer { message = nil }
        return Self.text(message.map { [Self.frame] + $0 } ?? [])
    }

    /// What remains of a message of mpirun.
    private mutating func shortened(_ lines: [String]) -> [String] {
        let text = lines.joined(separator: " ")
        if text.contains("MPI_ABORT was invoked on rank") || text.contains("Primary job  terminated normally") {
            return []
        }
        // With this code a rank has said what is wrong, or has been asked to end.
        if text.contains("exited with non-zero status, thus causing") { return [] }
        if text.contains("peer process has unexpectedly disconnected")
            || text.contains("failed to TCP connect to a peer")
        {
            consequences += Self.text([Self.frame] + lines + [Self.frame])
            return []
        }
        let words = text.split(separator: " ")
        if text.contains("mpirun noticed that process rank"), let rank = Self.word(after: "rank", words),
            let host = Self.word(after: "node", words), let signal = Self.word(after: "signal", words)
        {
            let name = words.last.map { $0.hasPrefix("(") ? " " + $0.prefix { $0 != "." } : "" } ?? ""
            let line = "error: rank \(rank) on \(host) was ended by signal \(signal)\(name)"
            reason = reason ?? line
            return [line]
        }
        return [Self.frame] + lines + [Self.frame]
    }

    private static func word(after name: String, _ words: [Substring]) -> Substring? {
        words.firstIndex { $0 == name }.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    }

    private static func text(_ lines: [String]) -> [UInt8] { lines.flatMap { Array(($0 + "\n").utf8) } }
}
