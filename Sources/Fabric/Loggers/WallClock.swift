import Glibc

/// The time of day as loggers note it.
enum WallClock {
    /// Seconds since 1970.
    @Sendable static func seconds() -> Double {
        var moment = timespec()
        clock_gettime(CLOCK_REALTIME, &moment)
        return Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9
    }
}
