/// Which rank does which unit.
///
/// Every rank computes the same assignment from the costs alone.
enum UnitAssignment {
    /// The largest units first, each to the rank with the least to do so far; of equal ranks, the lowest.
    ///
    /// - Returns: The rank of each unit.
    static func balanced(costs: [Double], ranks: Int) -> [Int] {
        var owners = [Int](repeating: 0, count: costs.count)
        var loads = [Double](repeating: 0, count: ranks)
        let order = costs.indices.sorted { (costs[$1], $0) < (costs[$0], $1) }
        for unit in order {
            let rank = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            owners[unit] = rank
            loads[rank] += max(costs[unit], 0)
        }
        return owners
    }

    /// Neighbouring units to one rank, so that a rank owns whole subtrees of a reduction.
    ///
    /// - Returns: The rank of each unit, never falling.
    static func contiguous(costs: [Double], ranks: Int) -> [Int] {
        let total = costs.reduce(0) { $0 + max($1, 0) }
        guard total > 0 else { return costs.indices.map { $0 * ranks / max(1, costs.count) } }
        var before = 0.0
        return costs.map { cost in
            // The rank in whose share the middle of the unit lies.
            let middle = before + max(cost, 0) / 2
            before += max(cost, 0)
            return min(ranks - 1, Int(middle / total * Double(ranks)))
        }
    }
}
