/// The values that a pickle has put aside, by their numbers.
struct PickleMemo {
    /// Picklers count from 0 on; these values need no table.
    private var dense: [PickleValue] = []
    private var sparse: [Int: PickleValue] = [:]

    /// How many values there are.
    var count: Int { dense.count + sparse.count }

    /// The value of a number; nil if there is none.
    subscript(number: Int) -> PickleValue? { number < dense.count ? dense[number] : sparse[number] }

    mutating func set(_ number: Int, _ value: PickleValue) {
        if number < dense.count {
            dense[number] = value
        } else if number == dense.count, sparse.isEmpty {
            dense.append(value)
        } else {
            sparse[number] = value
        }
    }
}
