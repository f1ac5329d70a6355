/// The speed of late: an exponential moving average of pieces over one of seconds, as tqdm has it.
struct ProgressRate {
    private static let weight = 0.3

    private var pieces = 0.0
    private var seconds = 0.0

    /// Pieces a second; nil before the first measurement.
    ///
    /// Both averages would be divided by the same number for their start at zero.
    var value: Double? { seconds > 0 ? pieces / seconds : nil }

    /// Takes in how much was done in some time, which is not zero.
    mutating func add(_ count: Int, seconds duration: Double) {
        pieces += Self.weight * (Double(count) - pieces)
        seconds += Self.weight * (duration - seconds)
    }
}
