/// The special tokens around a text.
struct SpecialTokenFrame: Sendable, Equatable {
    var before: [Int32] = []
    var after: [Int32] = []

    var count: Int { before.count + after.count }

    /// A frame around this one.
    func framed(by outer: SpecialTokenFrame) -> SpecialTokenFrame {
        SpecialTokenFrame(before: outer.before + before, after: after + outer.after)
    }
}
