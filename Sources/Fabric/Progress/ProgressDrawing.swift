/// A bar with what is on the screen of it.
struct ProgressDrawing {
    var state: ProgressState
    let start: Double
    var rate = ProgressRate()
    /// When and with which count it was shown last.
    private(set) var shownTime: Double
    private(set) var shownCount: Int
    /// The last quarter of the work that has had its line.
    var quarter: Int
    /// How many writers want the terminal for themselves.
    var interruptions = 0
    var isFinished = false
    /// The columns that the line on the terminal takes.
    private var shownWidth = 0
    /// When and with which count the speed was measured last.
    private var measuredTime: Double
    private var measuredCount: Int

    init(state: ProgressState, start: Double) {
        self.state = state
        self.start = start
        shownTime = start
        shownCount = state.completed
        measuredTime = start
        measuredCount = state.completed
        // Quarters that were over at the start have no lines.
        quarter = state.quarter
    }

    /// Takes in the speed since something was done last.
    mutating func measure(at time: Double) {
        guard state.completed > measuredCount, time > measuredTime else { return }
        rate.add(state.completed - measuredCount, seconds: time - measuredTime)
        measuredTime = time
        measuredCount = state.completed
    }

    /// Draws the line over the one before.
    mutating func draw(on output: any ProgressOutput, at time: Double) {
        guard !isFinished, interruptions == 0 else { return }
        let line = current(at: time).line(width: output.width, style: output.style)
        let width = ProgressTextWidth.columns(line)
        // Blanks over the rest of a longer line before.
        output.write("\r" + line + String(repeating: " ", count: max(0, shownWidth - width)))
        shownWidth = width
        note(time)
    }

    /// Leaves an empty line.
    mutating func erase(on output: any ProgressOutput) {
        guard !isFinished, shownWidth > 0 else { return }
        output.write("\r" + String(repeating: " ", count: shownWidth) + "\r")
        shownWidth = 0
    }

    /// Adds a line to a log.
    mutating func print(on output: any ProgressOutput, at time: Double) {
        output.write(current(at: time).plainLine + "\n")
        note(time)
    }

    private func current(at time: Double) -> ProgressState {
        var state = state
        state.elapsed = time - start
        state.recentRate = rate.value
        return state
    }

    private mutating func note(_ time: Double) {
        shownTime = time
        shownCount = state.completed
    }
}
