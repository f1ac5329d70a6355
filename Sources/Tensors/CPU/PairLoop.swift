/// How a loop goes through two operands of which each may have one element for a whole dimension of the result.
///
/// Neighbouring dimensions that both operands go through alike become one, so that rows are long.
struct PairLoop {
    /// The innermost dimension.
    let rowLength: Int
    let aStep: Int
    let bStep: Int
    private let rows: StridedWalk

    init(_ sizes: [Int], _ aStrides: [Int], _ bStrides: [Int]) {
        var dimensions: [StridedWalk.Dimension] = []
        for index in sizes.indices where sizes[index] != 1 {
            var dimension = StridedWalk.Dimension(
                size: sizes[index], aStride: aStrides[index], bStride: bStrides[index])
            if let last = dimensions.last, last.continues(dimension) {
                dimension.size *= last.size
                dimensions.removeLast()
            }
            dimensions.append(dimension)
        }
        let inner = dimensions.last
        // A dimension whose elements lie apart is gone through one by one.
        let isContiguous = inner.map { $0.aStride <= 1 && $0.bStride <= 1 } ?? true
        rowLength = isContiguous ? inner?.size ?? 1 : 1
        aStep = isContiguous ? inner?.aStride ?? 0 : 0
        bStep = isContiguous ? inner?.bStride ?? 0 : 0
        rows = StridedWalk(dimensions: isContiguous ? dimensions.dropLast() : dimensions)
    }

    /// Calls a function with the start of each row in both operands and in the result.
    func forEachRow(_ body: (_ a: Int, _ b: Int, _ result: Int) -> Void) {
        var result = 0
        rows.forEach { a, b in
            body(a, b, result)
            result += rowLength
        }
    }
}
