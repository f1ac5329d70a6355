import Glibc
import OperatingSystem

/// What tells processes that can reach each other's memory from others.
enum HostIdentity {
    /// The same text in all processes of a running system that have the same numbers for processes and the same user.
    ///
    /// A host's name would not do: containers may share one, and one host may have several.
    static let current: String = {
        let boot = (try? FileSystem.read("/proc/sys/kernel/random/boot_id")).map { String(decoding: $0, as: UTF8.self) }
        var buffer = [CChar](repeating: 0, count: 256)
        let count = readlink("/proc/self/ns/pid", &buffer, buffer.count)
        let processes = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(boot ?? HostName.current) \(processes) \(geteuid())"
    }()
}
