import Foundation
package import Testing

/// Why a property does not hold for an input.
package struct PropertyFailure: Error {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// Something that is tried on many inputs.
package struct FuzzTarget<Input: FuzzInput>: Sendable {
    package let name: String
    /// Makes an input.
    package let generate: @Sendable (inout SplitMix64) -> Input
    /// Throws `PropertyFailure` if the input is not treated as it should be.
    package let check: @Sendable (Input) throws -> Void

    package init(
        name: String, generate: @escaping @Sendable (inout SplitMix64) -> Input,
        check: @escaping @Sendable (Input) throws -> Void
    ) {
        self.name = name
        self.generate = generate
        self.check = check
    }

    /// Tries the target on so many inputs, or as many as the environment asks for, made from the seed on.
    ///
    /// The test fails if one of them was not treated as it should be.
    package func run(inputs count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
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
    package func run(on input: Input, label: String, sourceLocation: SourceLocation = #_sourceLocation) {
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
            report.add("threw what the property does not expect: \(error)", input.bytes, label)
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        if seconds > FuzzSettings.secondsPerInput { report.add("took \(seconds) s", input.bytes, label) }
        report.count(seconds: seconds, label)
    }
}
