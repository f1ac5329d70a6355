import Glibc

/// The processor cores of this host.
public enum Processor {
    /// The cores that this process may run on; a batch system or `taskset` may leave it only some.
    public static var allowedCoreCount: Int {
        let status = (try? FileSystem.read("/proc/self/status")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let count = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }.map(bitCount)
        return max(1, count ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// The ones in the hexadecimal digits of `Cpus_allowed: ff,ffffffff`.
    private static func bitCount(_ line: Substring) -> Int {
        line.drop { $0 != ":" }.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
    }
}
