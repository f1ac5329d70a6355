/// Finds the names that a user may have meant.
public enum NearestNames {
    /// The candidates closest to a name, best first, at most `limit` of them; none if nothing is close.
    ///
    /// Close means an edit distance of at most a third of the name's length (and at least one), or that one contains the
    /// other. For paths such as `group/option`, the last component alone may be close.
    public static func of(_ name: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
        guard !name.isEmpty else { return [] }
        let wanted = Array(name.lowercased().utf8)
        var scored: [(distance: Int, name: String)] = []
        for candidate in candidates where candidate != name {
            let text = Array(candidate.lowercased().utf8)
            let tail = candidate.split(separator: "/").last.map { Array($0.lowercased().utf8) } ?? text
            let allowed = max(1, wanted.count / 3)
            var best = distance(wanted, text, atMost: allowed)
            if tail.count != text.count {
                best = min(best, distance(wanted, tail, atMost: allowed))
            }
            if best > allowed, wanted.count >= 3, candidate.lowercased().contains(name.lowercased()) {
                best = allowed
            }
            if best <= allowed { scored.append((best, candidate)) }
        }
        return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(limit).map(\.name)
    }

    /// The optimal-string-alignment distance (insertions, deletions, substitutions, swaps of neighbours) of two texts;
    /// any number above `limit` if it is larger than that.
    ///
    /// - Complexity: O(n·m) time, O(m) memory.
    static func distance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int) -> Int {
        if abs(left.count - right.count) > limit { return limit + 1 }
        if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in 1...left.count {
            var current = [i] + [Int](repeating: 0, count: right.count)
            for j in 1...right.count {
                let substitution = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                current[j] = min(previous[j] + 1, current[j - 1] + 1, substitution)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    current[j] = min(current[j], beforePrevious[j - 2] + 1)
                }
            }
            if (current.min() ?? 0) > limit { return limit + 1 }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
