/// Names of parameters, put together by the layer that they belong to.
///
/// `a.layers.0.fc1.weight` and `a.layers.0.fc1.bias` belong to `layers.0`: the first number and what stands before it.
/// Names without a number belong to their first part that not all names begin with.
struct LayerGroups {
    /// Neighbouring rows of one layer.
    struct Group: Equatable {
        let name: String
        let rows: Range<Int>
    }

    /// In the order of the rows.
    let groups: [Group]

    /// Groups names that follow each other.
    init(_ names: [String]) {
        let parts = names.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
        let common = Self.commonCount(parts)
        var groups: [Group] = []
        for (row, parts) in parts.enumerated() {
            let name = Self.group(parts, common: common)
            if let last = groups.last, last.name == name {
                groups[groups.count - 1] = Group(name: name, rows: last.rows.lowerBound..<row + 1)
            } else {
                groups.append(Group(name: name, rows: row..<row + 1))
            }
        }
        self.groups = groups
    }

    /// How many parts all names begin with; their last parts do not count.
    private static func commonCount(_ names: [[Substring]]) -> Int {
        guard names.count > 1, let first = names.first else { return 0 }
        return names.dropFirst().reduce(first.count - 1) { count, parts in
            let pairs = zip(first.prefix(count), parts.dropLast())
            return pairs.prefix { $0 == $1 }.count
        }
    }

    private static func group(_ parts: [Substring], common: Int) -> String {
        if let number = parts.firstIndex(where: { Int($0) != nil }) {
            return parts[max(number - 1, 0)...number].joined(separator: ".")
        }
        return parts.dropFirst(common).first.map(String.init) ?? ""
    }
}
