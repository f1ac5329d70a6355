/// Characters that may stand in a place.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    /// Sets that belong to this one.
    var members: [ScalarSet] = []
    var isInverted = false

    static let any = ScalarSet(ranges: ["\n"..."\n"], isInverted: true)
    static let digit = ScalarSet(ranges: ["0"..."9"])
    static let word = ScalarSet(ranges: ["0"..."9", "A"..."Z", "_"..."_", "a"..."z", "\u{80}"..."\u{10FFFF}"])
    static let space = ScalarSet(ranges: ["\t"..."\r", " "..." "])

    var inverted: ScalarSet {
        var set = self
        set.isInverted.toggle()
        return set
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        (ranges.contains { $0.contains(scalar) } || members.contains { $0.contains(scalar) }) != isInverted
    }
}
