import Glibc

/// Standard output or standard error of a job, and whether people read it.
///
/// mpirun gives its ranks a pseudo-terminal even where its own output goes to a file. So a rank believes the process
/// that launched the job, and takes nothing for a terminal if it was launched otherwise.
public enum StandardStream: Int32, CaseIterable, Sendable {
    case output = 1
    case error = 2

    /// Tells the ranks which streams of the launching process are terminals.
    static let variable = "FUSION_BENCH_TERMINALS"

    /// Whether what is written ends up on a terminal.
    public var isTerminal: Bool {
        guard JobEnvironment.current == .rank else { return isatty(rawValue) == 1 }
        return Self.terminals(named: getenv(Self.variable).map { String(cString: $0) } ?? "").contains(self)
    }

    /// Writes all of a text, unless nobody reads it any more.
    func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes all of some bytes, unless nobody reads them any more.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Tells the ranks how wide the terminal of the launching process is.
    static let columnsVariable = "FUSION_BENCH_COLUMNS"

    /// The variables that tell ranks what this process sees.
    public static var forRanks: [(name: String, value: String)] {
        let terminals = allCases.filter(\.isTerminal)
        let columns = terminals.lazy.compactMap { DescriptorOutput.columns(of: $0.rawValue) }.first
        return [(variable, terminals.map { String($0.rawValue) }.joined(separator: ","))]
            + (columns.map { [(columnsVariable, String($0))] } ?? [])
    }

    static func terminals(named text: String) -> Set<StandardStream> {
        Set(text.split(separator: ",").compactMap { Int32($0) }.compactMap(StandardStream.init(rawValue:)))
    }
}
