import Glibc

/// What happens to this process when a signal comes.
enum SignalDisposition {
    /// Whether the one who started this process wants the signal to do nothing.
    static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(number, nil, &current) == 0, let handler = current.__sigaction_handler.sa_handler else {
            return false
        }
        // SIG_IGN is the number 1 in place of a function.
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}
