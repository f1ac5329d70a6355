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

        var description: String { "\(kind) '\(name)' (call \(number))" }
    }

    /// The call that the rank is in, and since when.
    var call: (Call, since: ContinuousClock.Instant)?
    /// The last call that it has finished.
    var lastCall: Call?
    /// What it works on outside of calls, such as a unit.
    var work: String?
    /// The number of calls so far.
    var count = 0

    /// The place in words.
    func description(now: ContinuousClock.Instant) -> String {
        if let (call, since) = call {
            return "waits in \(call.description) for \(Self.seconds(since.duration(to: now)))"
        }
        let last = lastCall.map { "after \($0.description)" } ?? "before its first collective call"
        return (work.map { "works on \($0), " } ?? "works, ") + last
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
