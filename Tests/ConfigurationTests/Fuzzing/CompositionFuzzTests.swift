import TestSupport
import Testing

@testable import Configuration

/// Any mixture of arguments composes or is refused.
@Suite("Composition with any arguments")
struct CompositionFuzzTests {
    static let target = FuzzTarget(name: "composition") { random in
        let primary = random.pick(FuzzCorpus.composition)
        let arguments = (0..<random.below(5)).map { _ in
            if random.chance(percent: 10) {
                return String(decoding: OverrideFuzzText.generator.make(&random), as: UTF8.self)
            }
            if random.chance(percent: 10) { return random.pick(FuzzCorpus.overrides) }
            let other = random.pick(FuzzCorpus.composition).overrides
            return other.isEmpty ? "seed=1" : random.pick(other)
        }
        return CommandInput(
            configName: primary.config_name ?? "config", arguments: primary.overrides + arguments,
            isMultirun: random.chance(percent: 30))
    } check: { input in
        var request = CompositionRequest(
            configDirectory: Fixtures.directory + "/tree", configName: input.configName,
            overrides: input.arguments.map { $0.replacing("{FIXTURES}", with: Fixtures.directory) })
        request.isMultirun = input.isMultirun
        let context = ResolutionContext(environment: FuzzCorpus.environment)
        let composed = try FuzzErrorReport.attempt { try Composer(request, context: context).compose() }
        guard let composed else { return }
        composed.detachHydra()
        _ = composed.job.yaml
        _ = try FuzzErrorReport.attempt { try composed.job.resolveInPlace(in: context) }
        _ = try FuzzErrorReport.attempt { try composed.hydra.resolveInPlace(in: context) }
        _ = composed.job.value
    }

    @Test("The composer takes or refuses any arguments")
    func composer() {
        Self.target.run(inputs: 150)
    }
}
