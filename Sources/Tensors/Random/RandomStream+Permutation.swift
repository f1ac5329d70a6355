extension RandomStream {
    /// A permutation of 0 ..< count, each as likely as any other one.
    ///
    /// R. Durstenfeld: *Algorithm 235: random permutation*, 1964 (Fisher and Yates' shuffle).
    public func permutation(of count: Int) -> [Int] {
        precondition(count >= 0, "A permutation has no negative number of elements")
        var draws = Draws(stream: self)
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(draws.next(below: UInt64(last) + 1)))
        }
        return order
    }

    /// Draws one after another from a stream.
    struct Draws {
        let stream: RandomStream
        private var index: UInt64 = 0

        init(stream: RandomStream) { self.stream = stream }

        mutating func next() -> UInt64 {
            defer { index += 1 }
            return stream.bits(at: index)
        }

        /// A number less than the bound, each as likely as any other one.
        ///
        /// D. Lemire: *Fast random integer generation in an interval*, 2019.
        mutating func next(below bound: UInt64) -> UInt64 {
            precondition(bound > 0, "There is no number below 0")
            // The upper half of a product is the number. Some numbers have one draw more than others; that is rejected.
            let excess = (0 &- bound) % bound
            while true {
                let (number, rest) = next().multipliedFullWidth(by: bound)
                if rest >= excess { return number }
            }
        }
    }
}
