/// What came out of a run.
struct FuzzReport: Sendable {
    /// After so many failures a run stops.
    static let failureLimit = 5

    let target: String
    let trace: FuzzTrace?
    private(set) var failures: [String] = []
    private var inputs = 0
    private var seconds = 0.0
    private var slowest = (seconds: 0.0, label: "none")

    init(target: String) {
        self.target = target
        trace = FuzzSettings.traceDirectory.flatMap { FuzzTrace(path: "\($0)/\(target)") }
    }

    mutating func add(_ reason: String, _ input: [UInt8], _ label: String) {
        let text = String(decoding: input, as: UTF8.self)
        let shown = text.count > 2000 ? text.prefix(2000) + "… (\(text.count) characters)" : text[...]
        failures.append("\(label): \(reason)\n  input: \(String(shown).debugDescription)")
    }

    mutating func count(seconds: Double, _ label: String) {
        inputs += 1
        self.seconds += seconds
        if seconds > slowest.seconds { slowest = (seconds, label) }
    }

    var failureText: String { "\(target): \(failures.count) failures\n" + failures.joined(separator: "\n") }

    var summary: String {
        "fuzz \(target): \(inputs) inputs, \(Int(seconds)) s, slowest \(slowest.seconds) s (\(slowest.label)), "
            + "\(failures.count) failures"
    }
}
