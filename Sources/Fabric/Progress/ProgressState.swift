/// What a progress bar shows at one moment.
public struct ProgressState: Sendable, Equatable {
    /// What is being done; may be empty.
    public var description = ""
    /// The name of one piece of the work.
    public var unit = "it"
    /// The number of pieces that are done.
    public var completed = 0
    /// How many of them were done before the clock started.
    public var initial = 0
    /// The number of all pieces; nil if it is not known.
    public var total: Int?
    /// Seconds since the start.
    public var elapsed = 0.0
    /// Pieces a second as measured lately; nil for the average since the start.
    public var recentRate: Double?
    /// Further values, `loss=0.123, lr=0.01`; may be empty.
    public var postfix = ""

    /// A bar at its start.
    public init() {}

    /// The number of all pieces if it is known and has not turned out to be too small.
    var knownTotal: Int? {
        guard let total, total > 0, completed <= total else { return nil }
        return total
    }

    /// How many quarters of the work are done; 0 if that is not known.
    var quarter: Int { knownTotal.map { Int(Double(completed) / Double($0) * 4) } ?? 0 }

    /// Pieces a second; nil if nothing is known yet.
    var rate: Double? {
        let rate = recentRate ?? (elapsed > 0 ? Double(completed - initial) / elapsed : 0)
        return rate > 0 && rate.isFinite ? rate : nil
    }

    /// Seconds until all is done; nil if unknown.
    var remaining: Double? {
        guard let rate else { return nil }
        return knownTotal.map { Double($0 - completed) / rate } ?? 0
    }
}
