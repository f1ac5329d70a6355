import Glibc

/// A moment in the local time zone.
public struct LocalTime {
    private var fields: tm
    private let microseconds: Int

    /// The present moment.
    public static func now() -> LocalTime {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return LocalTime(secondsSince1970: moment.tv_sec, microseconds: moment.tv_nsec / 1000)
    }

    init(secondsSince1970 seconds: Int, microseconds: Int) {
        var seconds = time_t(seconds)
        fields = tm()
        localtime_r(&seconds, &fields)
        self.microseconds = microseconds
    }

    /// The moment in a `strftime` pattern, with `%f` for microseconds as Python has it.
    public func formatted(_ pattern: String) -> String {
        guard !pattern.isEmpty else { return "" }
        let digits = String(microseconds)
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        let pattern = pattern.replacing("%f", with: fraction)
        var fields = fields
        var buffer = [CChar](repeating: 0, count: max(256, pattern.utf8.count * 8))
        let count = strftime(&buffer, buffer.count, pattern, &fields)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
