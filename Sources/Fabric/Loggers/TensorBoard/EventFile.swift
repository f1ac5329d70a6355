import Glibc
import Synchronization

/// A file of events that TensorBoard reads.
final class EventFile {
    private static let count = Atomic<Int>(0)

    private let file: AppendingFile
    private var pending: [[UInt8]] = []

    /// The number of events that are not in the file yet.
    var pendingCount: Int { pending.count }

    /// Makes a file with a name of its own, and writes its first record: the version of the format.
    ///
    /// - Parameters:
    ///   - directory: An existing directory.
    ///   - now: Seconds since 1970.
    /// - Throws: `MetricLoggerError` if the file cannot be written.
    init(in directory: String, now: Double) throws(MetricLoggerError) {
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).oldValue
        let seconds = String(Int(now))
        let name =
            "events.out.tfevents." + String(repeating: "0", count: max(0, 10 - seconds.utf8.count)) + seconds
            + ".\(Self.hostName).\(getpid()).\(number)"
        file = try AppendingFile(LogFiles.join(directory, name))
        let version = TensorBoardEvent(wallTime: now, content: .fileVersion("brain.Event:2"))
        try file.append(RecordFrame.bytes(version.bytes))
    }

    /// Keeps an event until the next flush.
    func add(_ event: TensorBoardEvent) { pending.append(RecordFrame.bytes(event.bytes)) }

    /// Writes the events that wait, one write call for each.
    func flush() throws(MetricLoggerError) {
        while let record = pending.first {
            try file.append(record)
            pending.removeFirst()
        }
    }

    /// Writes the events that wait and closes the file.
    func close() throws(MetricLoggerError) {
        try flush()
        try file.close()
    }

    private static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
