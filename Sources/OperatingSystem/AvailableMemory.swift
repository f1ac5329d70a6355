/// The memory that the host can give to programs.
public enum AvailableMemory {
    /// Bytes that can be had without swapping, by the system's own estimate; nil if it does not say.
    public static var byteCount: Int? {
        guard let text = try? FileSystem.read("/proc/meminfo") else { return nil }
        let line = String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
