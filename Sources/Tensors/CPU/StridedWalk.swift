/// All places of a grid, row by row, with what they are in two operands.
struct StridedWalk {
    /// A dimension of the grid, and how far to go for its next entry in each operand.
    struct Dimension {
        var size: Int
        var aStride: Int
        var bStride: Int

        /// Whether both operands go through this dimension as if it were the outer part of another.
        func continues(_ inner: Dimension) -> Bool {
            aStride == inner.aStride * inner.size && bStride == inner.bStride * inner.size
        }
    }

    let dimensions: [Dimension]

    /// Calls a function with each place in both operands.
    func forEach(_ body: (_ a: Int, _ b: Int) -> Void) {
        guard !dimensions.contains(where: { $0.size == 0 }) else { return }
        var place = [Int](repeating: 0, count: dimensions.count)
        var (a, b) = (0, 0)
        while true {
            body(a, b)
            guard let index = next(&place, &a, &b) else { return }
            a += dimensions[index].aStride
            b += dimensions[index].bStride
        }
    }

    /// Goes back to the start of all dimensions that are at their end; the one that goes on is returned.
    private func next(_ place: inout [Int], _ a: inout Int, _ b: inout Int) -> Int? {
        for index in dimensions.indices.reversed() {
            place[index] += 1
            if place[index] < dimensions[index].size { return index }
            a -= dimensions[index].aStride * (dimensions[index].size - 1)
            b -= dimensions[index].bStride * (dimensions[index].size - 1)
            place[index] = 0
        }
        return nil
    }
}
