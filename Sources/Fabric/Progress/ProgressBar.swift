import Glibc
import Synchronization

/// Shows how far some work is: a bar on a terminal, lines in a log.
///
/// All calls may come from any thread. One rank makes one; a bar over several ranks is fed with their common count
/// through `update(completed:)`. The last line stays when the bar is finished or released.
public final class ProgressBar: Sendable {
    /// Seconds between two lines of a log at least; what is over sooner needs no line.
    private static let shortestInterval = 1.0
    /// Seconds between two drawings on a terminal.
    private static let drawingInterval = 0.1

    private let display: ProgressDisplay
    private let now: @Sendable () -> Double
    private let drawing: Mutex<ProgressDrawing>

    /// A bar that starts now.
    ///
    /// - Parameters:
    ///   - total: The number of pieces of work; nil if it is not known.
    ///   - description: What is being done.
    ///   - unit: The name of one piece.
    ///   - initial: The number of pieces that were done before; they do not count for the rate.
    ///   - display: How it is shown.
    public convenience init(
        total: Int?, description: String = "", unit: String = "it", initial: Int = 0, display: ProgressDisplay
    ) {
        self.init(
            total: total, description: description, unit: unit, initial: initial, display: display,
            now: Self.monotonicSeconds)
    }

    init(
        total: Int?, description: String, unit: String, initial: Int, display: ProgressDisplay,
        now: @escaping @Sendable () -> Double
    ) {
        self.display = display
        self.now = now
        var state = ProgressState()
        state.description = description
        state.unit = unit
        state.total = total
        state.completed = initial
        state.initial = initial
        var drawing = ProgressDrawing(state: state, start: now())
        if case .terminal(let output) = display { drawing.draw(on: output, at: drawing.start) }
        self.drawing = Mutex(drawing)
    }

    deinit { finish() }

    /// What the bar shows, at this moment.
    public var state: ProgressState {
        drawing.withLock { drawing in
            var state = drawing.state
            state.elapsed = now() - drawing.start
            return state
        }
    }

    /// Counts further pieces as done.
    public func advance(by count: Int = 1) { change { $0.completed += count } }

    /// Takes over a count that was made elsewhere, such as the sum over ranks.
    ///
    /// Counts may arrive late: a smaller one than the present one changes nothing.
    public func update(completed: Int) { change { $0.completed = max($0.completed, completed) } }

    /// Changes the number of all pieces.
    public func set(total: Int?) { change { $0.total = total } }

    /// Changes what the bar says is being done.
    public func set(description: String) { change { $0.description = description } }

    /// Shows text behind the numbers.
    public func set(postfix: String) { change { $0.postfix = postfix } }

    /// Shows values behind the numbers, each with about three digits: `loss=0.123, lr=0.01`.
    public func set(postfix values: [(name: String, value: Double)]) {
        set(postfix: values.map { $0.name + "=" + ProgressState.short($0.value) }.joined(separator: ", "))
    }

    /// Draws anew if it is time to; for work that takes long between two calls.
    public func refresh() { change { _ in } }

    /// Takes the bar off the terminal while something else is written there, then draws it again.
    public func interrupt<Result>(by body: () throws -> Result) rethrows -> Result {
        guard case .terminal(let output) = display else { return try body() }
        drawing.withLock { drawing in
            drawing.interruptions += 1
            drawing.erase(on: output)
        }
        defer {
            let time = now()
            drawing.withLock { drawing in
                drawing.interruptions -= 1
                drawing.draw(on: output, at: time)
            }
        }
        return try body()
    }

    /// Shows the last line, with the average rate; further calls show nothing.
    public func finish() {
        let time = now()
        drawing.withLock { drawing in
            guard !drawing.isFinished else { return }
            drawing.rate = ProgressRate()
            switch display {
            case .none: break
            case .terminal(let output):
                drawing.interruptions = 0
                drawing.draw(on: output, at: time)
                output.write("\n")
            case .lines(let output, _):
                // The line of the last quarter says the same.
                let isShown = drawing.quarter == 4 && drawing.shownCount == drawing.state.completed
                if !isShown, time - drawing.start >= Self.shortestInterval {
                    drawing.print(on: output, at: time)
                }
            }
            drawing.isFinished = true
        }
    }

    private func change(_ body: (inout ProgressState) -> Void) {
        drawing.withLock { drawing in
            body(&drawing.state)
            guard !drawing.isFinished else { return }
            switch display {
            case .none: break
            case .terminal(let output):
                let time = now()
                guard time - drawing.shownTime >= Self.drawingInterval else { return }
                drawing.measure(at: time)
                drawing.draw(on: output, at: time)
            case .lines(let output, let interval):
                let time = now()
                let quarter = drawing.state.quarter
                let pause = time - drawing.shownTime
                guard pause >= interval || (quarter > drawing.quarter && pause >= Self.shortestInterval) else { return }
                drawing.quarter = max(quarter, drawing.quarter)
                drawing.measure(at: time)
                // The last line says how it went as a whole.
                if quarter == 4 { drawing.rate = ProgressRate() }
                drawing.print(on: output, at: time)
            }
        }
    }

    @Sendable private static func monotonicSeconds() -> Double {
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        return Double(moment.tv_sec) + Double(moment.tv_nsec) / 1e9
    }
}
