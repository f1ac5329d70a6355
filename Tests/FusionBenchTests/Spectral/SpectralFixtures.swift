import TestSupport
import Testing

@testable import FusionBench

/// The cases of spectral methods, which the Python reference has computed in binary64; see Fixtures/spectral/README.md.
enum SpectralFixtures {
    static let directory = Repository.directory + "/Tests/FusionBenchTests/Fixtures/spectral"

    /// Relative to the largest magnitude of a tensor: results are rounded to binary32.
    static let tolerance = 1e-6

    static let all = MergingFixtures.cases(in: directory)

    static func cases(_ method: String) -> [MergingCase] { all.filter { $0.id.hasPrefix(method + "/") } }

    /// Runs a case, and compares each of its models.
    static func check(_ item: MergingCase, tolerance: Double = tolerance) throws {
        let results = try MergingRun.fuse(item.method, item.models, family: item.family)
        for part in item.expected.keys.sorted() {
            try MergingParity.compare(
                results[part], item.expectedTensors(part), "\(item.id) \(part)", tolerance: tolerance)
        }
    }
}
