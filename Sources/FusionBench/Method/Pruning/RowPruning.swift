import Tensors

/// Sets a number of entries in each group of neighbours of a row to zero: those with the lowest keys, of equal ones the
/// first.
///
/// A group is a whole row, or a few columns of one. The last group of a row may be shorter; of it, as many entries become
/// zero as of any other, as far as there are.
struct RowPruning: Sendable, Equatable {
    /// What becomes zero.
    private enum Pattern: Equatable {
        case share(Double)
        case groups(pruned: Int, size: Int)
    }

    private let pattern: Pattern

    /// A share of each row, from 0 to 1, rounded down to whole entries.
    static func share(_ share: Double) -> RowPruning { RowPruning(pattern: .share(share)) }

    /// A number of entries in each group of so many columns.
    static func groups(pruned: Int, size: Int) -> RowPruning {
        RowPruning(pattern: .groups(pruned: pruned, size: size))
    }

    /// Where intermediate values of a stretch are kept.
    private enum Slot {
        static let keys = 8
        static let selection = 9
    }

    /// Sets entries of the smallest magnitude to zero.
    ///
    /// - Parameters:
    ///   - values: Whole rows.
    ///   - stretch: Which entries these are.
    func pruneSmallest(_ values: UnsafeMutableBufferPointer<Float>, of stretch: Stretch) {
        prune(values, of: stretch) { keys in
            for index in keys.indices { keys[index] = values[index].bitPattern & 0x7FFF_FFFF }
        }
    }

    /// Sets entries to zero by any order of theirs.
    ///
    /// - Parameters:
    ///   - values: Whole rows.
    ///   - stretch: Which entries these are.
    ///   - fill: Fills in a key for each entry: the lowest ones become zero.
    func prune(
        _ values: UnsafeMutableBufferPointer<Float>, of stretch: Stretch,
        keys fill: (UnsafeMutableBufferPointer<UInt32>) -> Void
    ) {
        let columns = stretch.shape.dimensions.last ?? 1
        guard columns > 0 else { return }
        let keys = UnsafeMutableRawBufferPointer(stretch.buffer(Slot.keys)).bindMemory(to: UInt32.self)
        let selection = UnsafeMutableRawBufferPointer(stretch.buffer(Slot.selection)).bindMemory(to: UInt32.self)
        fill(keys)
        let (count, size) = group(columns: columns)
        for row in stride(from: 0, to: values.count, by: columns) {
            for start in stride(from: row, to: row + columns, by: size) {
                let group = start..<min(start + size, row + columns)
                Self.prune(
                    UnsafeMutableBufferPointer(rebasing: values[group]),
                    keys: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(keys)[group]), count: count,
                    selection: UnsafeMutableBufferPointer(rebasing: selection[..<group.count]))
            }
        }
    }

    /// How many entries of a group become zero, and how many columns a group has.
    private func group(columns: Int) -> (count: Int, size: Int) {
        switch pattern {
        case .share(let share): (Int(Double(columns) * share), columns)
        case .groups(let pruned, let size): (pruned, size)
        }
    }

    private static func prune(
        _ values: UnsafeMutableBufferPointer<Float>, keys: UnsafeBufferPointer<UInt32>, count: Int,
        selection: UnsafeMutableBufferPointer<UInt32>
    ) {
        guard count > 0 else { return }
        guard count < values.count else { return values.update(repeating: 0) }
        _ = selection.update(fromContentsOf: keys)
        let limit = select(count, in: selection)
        var equal = count
        for key in keys where key < limit { equal -= 1 }
        for index in values.indices where keys[index] <= limit {
            if keys[index] == limit {
                guard equal > 0 else { continue }
                equal -= 1
            }
            values[index] = 0
        }
    }

    /// The k-th smallest key, k from 1; the keys are in another order afterwards.
    ///
    /// Hoare: "Algorithm 65: Find" (1961).
    private static func select(_ rank: Int, in keys: UnsafeMutableBufferPointer<UInt32>) -> UInt32 {
        var (first, last) = (0, keys.count - 1)
        while first < last {
            let (low, middle, high) = (keys[first], keys[first + (last - first) / 2], keys[last])
            let pivot = max(min(low, middle), min(max(low, middle), high))
            var (left, right) = (first, last)
            while left <= right {
                while keys[left] < pivot { left += 1 }
                while keys[right] > pivot { right -= 1 }
                if left <= right {
                    keys.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            // Up to `right` all are at most the pivot, from `left` on at least; what lies between equals it.
            if rank - 1 <= right {
                last = right
            } else if rank - 1 >= left {
                first = left
            } else {
                return pivot
            }
        }
        return keys[rank - 1]
    }
}
