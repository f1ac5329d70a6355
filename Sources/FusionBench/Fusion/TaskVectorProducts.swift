/// The scalar products of all pairs of task vectors, each pair once.
struct TaskVectorProducts: Sendable {
    /// The number of models.
    let count: Int

    /// How many products there are.
    var numberCount: Int { count * (count + 1) / 2 }

    /// Where the product of two task vectors stands among all.
    func place(_ first: Int, _ second: Int) -> Int {
        let (low, high) = (min(first, second), max(first, second))
        return high * (high + 1) / 2 + low
    }

    /// The products of a stretch.
    func products(_ stretch: Stretch) -> [Double] {
        guard let base = stretch.pretrained else { return Array(repeating: 0, count: numberCount) }
        return (0..<count).flatMap { second in
            (0...second).map { FloatArithmetic.dotProduct(stretch.models[$0], stretch.models[second], base: base) }
        }
    }
}
