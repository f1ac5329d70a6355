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
        let bar: ProgressBar
        var completed: [Int: Int] = [:]
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextBar = 0
    }

    private let state = Mutex(State())

    /// The number of the next bar, the same on all ranks.
    func makeNumber() -> Int {
        state.withLock { state in
            defer { state.nextBar += 1 }
            return state.nextBar
        }
    }

    /// Shows the sum of what ranks say about a bar.
    func show(_ number: Int, on bar: ProgressBar) { state.withLock { $0.entries[number] = Entry(bar: bar) } }

    /// Forgets a bar.
    func remove(_ number: Int) { state.withLock { $0.entries[number] = nil } }

    /// Takes a rank's count, which may come late.
    func take(_ count: Count, from rank: Int) {
        let shown = state.withLock { state -> (bar: ProgressBar, sum: Int)? in
            guard var entry = state.entries[count.bar] else { return nil }
            entry.completed[rank] = max(count.completed, entry.completed[rank] ?? 0)
            state.entries[count.bar] = entry
            return (entry.bar, entry.completed.values.reduce(0, +))
        }
        if let shown { shown.bar.update(completed: shown.sum) }
    }
}
