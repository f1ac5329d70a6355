/// The numbers that lie in one of several ranges.
struct RangeUnion {
    /// Ascending, and neither overlapping nor touching each other.
    private(set) var ranges: [Range<Int>] = []

    /// Adds a range.
    ///
    /// - Complexity: O(log n) to find the place among n ranges, O(n) to make room there.
    mutating func insert(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        let first = firstIndex { $0.upperBound >= range.lowerBound }
        let last = firstIndex { $0.lowerBound > range.upperBound }
        guard first < last else { return ranges.insert(range, at: first) }
        let lower = min(range.lowerBound, ranges[first].lowerBound)
        let upper = max(range.upperBound, ranges[last - 1].upperBound)
        ranges.replaceSubrange(first..<last, with: CollectionOfOne(lower..<upper))
    }

    /// Whether all numbers of a range are in.
    func contains(_ range: Range<Int>) -> Bool {
        let index = firstIndex { $0.upperBound >= range.upperBound }
        return range.isEmpty || index < ranges.count && ranges[index].lowerBound <= range.lowerBound
    }

    /// The first range from which on something holds.
    private func firstIndex(where holds: (Range<Int>) -> Bool) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if holds(ranges[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
