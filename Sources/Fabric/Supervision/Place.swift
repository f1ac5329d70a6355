/// Where a rank is: the collective call it waits in, or the work it does.
struct Place: Sendable {
    /// A collective call.
    struct Call: Sendable, Equatable {
        /// The number of the call on this rank, from 1: ranks that agree are at the same number.
        let number: Int
        /// Such as `barrier`.
        let kind: String
        /// The name that the caller gave.
        let name: String
        /// Whether `fabric.timeout` holds for it.
        var isLimited = true

        var description: String { "\(kind) '\(name)' (call \(number))" }
    }

    /// The call that the rank is in, and since when.
    var call: (Call, since: ContinuousClock.Instant)?
    /// The last call that it has finished.
    var lastCall: Call?
    /// What it waits for from another rank outside of calls, and since when.
    var wait: (text: String, since: ContinuousClock.Instant)?
    /// What it works on outside of calls, such as a unit.
    var work: String?
    /// The number of calls so far.
    var count = 0

    /// What has a limit and for how long it has lasted.
    func limitedWait(now: ContinuousClock.Instant) -> (text: String, duration: Duration)? {
        if let (call, since) = call {
            return call.isLimited ? (call.description, since.duration(to: now)) : nil
        }
        return wait.map { ("The wait for " + $0.text, $0.since.duration(to: now)) }
    }

    /// The place in words.
    func description(now: ContinuousClock.Instant) -> String {
        if let (call, since) = call {
            return "waits in \(call.description) for \(Self.seconds(since.duration(to: now)))"
        }
        if let (text, since) = wait { return "waits for \(text) for \(Self.seconds(since.duration(to: now)))" }
        let last = lastCall.map { "after \($0.description)" } ?? "before its first collective call"
        return (work.map { "works on \($0), " } ?? "works, ") + last
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
