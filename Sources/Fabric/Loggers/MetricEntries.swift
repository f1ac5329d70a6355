/// The metrics of one step as they are written: with the prefix, and each name once.
struct MetricEntries {
    let step: Int
    private(set) var entries: [(name: String, value: Double)] = []

    /// - Parameters:
    ///   - metrics: Names and values as they were given.
    ///   - step: The number of the step.
    ///   - prefix: Stands before each name, with a hyphen between; nothing if it is empty.
    init(_ metrics: [(name: String, value: Double)], step: Int, prefix: String) {
        self.step = step
        var places: [String: Int] = [:]
        for (name, value) in metrics {
            let name = Self.name(name, prefix: prefix)
            if let place = places[name] {
                entries[place].value = value
            } else {
                places[name] = entries.count
                entries.append((name, value))
            }
        }
    }

    static func name(_ name: String, prefix: String) -> String { prefix.isEmpty ? name : prefix + "-" + name }
}
