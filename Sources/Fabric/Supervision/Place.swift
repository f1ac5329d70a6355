/// Where a rank is: the collective calls it waits in, or the work it does.
struct Place: Sendable {
    /// A collective call.
    struct Call: Sendable, Equatable {
        /// The number of the call on this rank and track, from 1: ranks that agree are at the same number.
        let number: Int
        /// Such as `barrier`.
        let kind: String
        /// The name that the caller gave.
        let name: String
        let track: Track
        /// Whether `fabric.timeout` holds for it.
        var isLimited = true

        var description: String { "\(kind) '\(name)' (\(track == .background ? "background " : "")call \(number))" }
    }

    /// Calls on different tracks do not wait for each other.
    enum Track: Sendable, CaseIterable {
        /// The program waits in them.
        case foreground
        /// The program goes on meanwhile.
        case background
    }

    /// How far one track is.
    struct Progress: Sendable {
        /// The call that the rank is in, and since when.
        var call: (Call, since: ContinuousClock.Instant)?
        /// The last call that it has finished.
        var lastCall: Call?
        /// What it waits for from another rank outside of calls, and since when.
        var wait: (text: String, since: ContinuousClock.Instant)?
        /// The number of calls so far.
        var count = 0

        /// What has a limit and for how long it has lasted.
        func limitedWait(now: ContinuousClock.Instant) -> (text: String, duration: Duration)? {
            if let (call, since) = call {
                return call.isLimited ? (call.description, since.duration(to: now)) : nil
            }
            return wait.map { ("The wait for " + $0.text, $0.since.duration(to: now)) }
        }

        /// What is waited for, in words.
        func waiting(now: ContinuousClock.Instant) -> String? {
            if let (call, since) = call {
                return "waits in \(call.description) for \(Place.seconds(since.duration(to: now)))"
            }
            return wait.map { "waits for \($0.text) for \(Place.seconds($0.since.duration(to: now)))" }
        }
    }

    var foreground = Progress()
    var background = Progress()
    /// What it works on outside of calls, such as a unit.
    var work: String?

    /// One track of it.
    subscript(track: Track) -> Progress {
        get { track == .foreground ? foreground : background }
        set {
            switch track {
            case .foreground: foreground = newValue
            case .background: background = newValue
            }
        }
    }

    /// What has a limit and has lasted longest.
    func limitedWait(now: ContinuousClock.Instant) -> (text: String, duration: Duration)? {
        Track.allCases.compactMap { self[$0].limitedWait(now: now) }.max { $0.duration < $1.duration }
    }

    /// The place in words.
    func description(now: ContinuousClock.Instant) -> String {
        let waits = Track.allCases.compactMap { self[$0].waiting(now: now) }
        if foreground.call != nil || foreground.wait != nil { return waits.joined(separator: ", and ") }
        let last = foreground.lastCall.map { "after \($0.description)" } ?? "before its first collective call"
        return ([(work.map { "works on \($0), " } ?? "works, ") + last] + waits).joined(separator: ", and ")
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
