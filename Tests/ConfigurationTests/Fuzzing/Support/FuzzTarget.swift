import Foundation
import Testing

/// Why a property does not hold for an input.
struct PropertyFailure: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// Something that is tried on many inputs.
struct FuzzTarget<Input: FuzzInput>: Sendable {
    let name: String
    /// Makes an input.
    let generate: @Sendable (inout SplitMix64) -> Input
    /// Throws `PropertyFailure` if the input is not treated as it should be.
    let check: @Sendable (Input) throws -> Void

    /// Tries the target on so many inputs, or as many as the environment asks for, made from the seed on.
    ///
    /// The test fails if one of them was not treated as it should be.
    func run(inputs count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        let count = FuzzSettings.requestedInputs ?? count
        let report = MainThreadStack.run {
            var report = FuzzReport(target: name)
            for index in 0..<count where report.failures.count < FuzzReport.failureLimit {
                let seed = FuzzSettings.seed &+ UInt64(index)
                var random = SplitMix64(seed: seed)
                trial(generate(&random), label: "seed \(seed)", &report)
            }
            return report
        }
        if FuzzSettings.requestedInputs != nil { print(report.summary) }
        #expect(report.failures.isEmpty, "\(report.failureText)", sourceLocation: sourceLocation)
    }

    /// Tries the target on one input that did harm once.
    func run(on input: Input, label: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let report = MainThreadStack.run {
            var report = FuzzReport(target: name)
            trial(input, label: label, &report)
            return report
        }
        if FuzzSettings.requestedInputs != nil { print(report.summary) }
        #expect(report.failures.isEmpty, "\(report.failureText)", sourceLocation: sourceLocation)
    }

    private func trial(_ input: Input, label: String, _ report: inout FuzzReport) {
        report.trace?.write(input.bytes)
        let start = ContinuousClock.now
        do {
            try check(input)
        } catch let failure as PropertyFailure {
            report.add(failure.reason, input.bytes, label)
        } catch {
            report.add("threw something else than a ConfigurationError: \(error)", input.bytes, label)
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        if seconds > FuzzSettings.secondsPerInput { report.add("took \(seconds) s", input.bytes, label) }
        report.count(seconds: seconds, label)
    }
}

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
