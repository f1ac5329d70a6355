import Synchronization

/// The bars of a job on global zero, and how far each rank is with each of them.
final class ProgressCounts: Sendable {
    /// How far one rank is.
    struct Count: Equatable, Sendable {
        /// The number of the bar, in the order in which all ranks make them.
        let bar: Int
        /// Pieces that the rank has done.
        let completed: Int
    }

    private struct Entry {
        /// Nil until this rank makes the bar: others may be ahead.
        var bar: ProgressBar?
        var completed: [Int: Int] = [:]
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextBar = 0
    }

    private let state = Mutex(State())

    /// Begins to show the sum of what ranks say on a bar, which only global zero has.
    ///
    /// - Returns: The number of the bar, the same on all ranks.
    func begin(_ bar: ProgressBar?) -> Int {
        state.withLock { state in
            defer { state.nextBar += 1 }
            if let bar { state.entries[state.nextBar, default: Entry()].bar = bar }
            return state.nextBar
        }
    }

    /// Forgets a bar.
    func remove(_ number: Int) { state.withLock { $0.entries[number] = nil } }

    /// Takes a rank's count, which may come late.
    func take(_ count: Count, from rank: Int) {
        let shown = state.withLock { state -> (bar: ProgressBar, sum: Int)? in
            var entry = state.entries[count.bar] ?? Entry()
            // Late counts of a bar that has gone.
            if entry.bar == nil, count.bar < state.nextBar { return nil }
            entry.completed[rank] = max(count.completed, entry.completed[rank] ?? 0)
            state.entries[count.bar] = entry
            return entry.bar.map { ($0, entry.completed.values.reduce(0, +)) }
        }
        if let shown { shown.bar.update(completed: shown.sum) }
    }
}
