import Glibc

/// A moment in the local time zone.
public struct LocalTime: Sendable {
    /// Whole seconds of the system's clock.
    public let secondsSince1970: Int
    /// The microseconds within the second.
    public let microseconds: Int

    /// The present moment.
    public static func now() -> LocalTime {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return LocalTime(secondsSince1970: moment.tv_sec, microseconds: moment.tv_nsec / 1000)
    }

    /// A moment of the system's clock.
    public init(secondsSince1970 seconds: Int, microseconds: Int) {
        secondsSince1970 = seconds
        self.microseconds = microseconds
    }

    /// The moment in a `strftime` pattern, with `%f` for microseconds as Python has it.
    public func formatted(_ pattern: String) -> String {
        guard !pattern.isEmpty else { return "" }
        let digits = String(microseconds)
        let fraction = String(repeating: "0", count: 6 - digits.count) + digits
        let pattern = pattern.replacing("%f", with: fraction)
        var seconds = time_t(secondsSince1970)
        var fields = tm()
        localtime_r(&seconds, &fields)
        var buffer = [CChar](repeating: 0, count: max(256, pattern.utf8.count * 8))
        let count = strftime(&buffer, buffer.count, pattern, &fields)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension LocalTime {
    /// The milliseconds within the second, as three digits.
    public var milliseconds: String {
        let digits = String(microseconds / 1000)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
