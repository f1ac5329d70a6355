import Synchronization

/// How far all ranks together are with some work: each counts what it does, and global zero shows the sum.
///
/// Counts travel beside the collective calls, at most ten times a second, so that nobody waits for them.
public final class JobProgress: Sendable {
    private static let interval = Duration.milliseconds(100)

    private struct State {
        var completed = 0
        var sent: ContinuousClock.Instant?
    }

    private let fabric: Fabric
    private let number: Int
    /// On global zero only.
    private let bar: ProgressBar?
    private let state = Mutex(State())

    init(_ fabric: Fabric, bar: ProgressBar?) {
        self.fabric = fabric
        self.bar = bar
        number = fabric.progressCounts.begin(bar)
    }

    deinit { fabric.progressCounts.remove(number) }

    /// Counts further pieces of this rank as done; from any thread.
    public func advance(by count: Int = 1) {
        let now = ContinuousClock.now
        let completed = state.withLock { state -> Int? in
            state.completed += count
            if fabric.isGlobalZero { return state.completed }
            if let sent = state.sent, sent.duration(to: now) < Self.interval { return nil }
            state.sent = now
            return state.completed
        }
        guard let completed else { return }
        let message = ProgressCounts.Count(bar: number, completed: completed)
        if fabric.isGlobalZero {
            fabric.progressCounts.take(message, from: 0)
        } else {
            fabric.supervisor.send(.progress(message), to: 0)
        }
    }

    /// Shows values behind the numbers: `loss=0.123, lr=0.01`.
    public func set(postfix values: [(name: String, value: Double)]) { bar?.set(postfix: values) }

    /// Shows the last line, with what all ranks have done.
    ///
    /// All ranks do it together.
    ///
    /// - Throws: `FabricError` if ranks are at different calls.
    public func finish() throws {
        var total = [Int64(state.withLock { $0.completed })]
        if fabric.worldSize > 1 { try fabric.allReduce(&total, .sum, "progress") }
        fabric.progressCounts.remove(number)
        bar?.update(completed: Int(total[0]))
        bar?.finish()
    }
}

extension Fabric {
    /// Begins to show how far all ranks are with some work.
    ///
    /// All ranks make the same ones in the same order. Where it is shown, and whether at all, the configuration says:
    /// as a bar if people look at a terminal, as lines now and then in a log.
    ///
    /// - Parameters:
    ///   - total: The number of pieces of all ranks; nil if it is not known.
    ///   - description: What is being done.
    ///   - unit: The name of one piece.
    /// - Returns: What each rank tells how far it is.
    public func progress(total: Int?, description: String, unit: String = "it") -> JobProgress {
        let display: ProgressDisplay = isGlobalZero ? .standard(quiet: configuration.isQuiet) : .none
        return JobProgress(
            self,
            bar: isGlobalZero
                ? ProgressBar(total: total, description: description, unit: unit, display: display) : nil)
    }
}
