import Glibc

/// What rank 0 tells the launching process as soon as it runs: a line on standard error, which goes no further.
///
/// Until then `mpirun` is starting its daemons on other hosts, and would wait without limit for one that hangs.
enum StartReport {
    private static let variable = "FUSION_BENCH_REPORT_START"
    /// In brackets as mpirun's own lines, of which parts are held back.
    static let line = "[fusion_bench has started]"

    /// For `mpirun`: asks the ranks for it.
    static let arguments = ["-x", variable + "=1"]

    /// Writes the line, if this is the rank that is asked.
    static func give() {
        guard getenv(variable) != nil else { return }
        unsetenv(variable)
        if JobEnvironment.rankNumber == 0 { StandardStream.error.write(line + "\n") }
    }
}
