import Foundation

/// How much is tried, and from which seed.
package enum FuzzSettings {
    /// The seed of the first input, which `FUSION_BENCH_FUZZ_SEED` can set; each further input has the next number.
    package static let seed = UInt64(variable("FUSION_BENCH_FUZZ_SEED") ?? "") ?? 20_260_101

    /// The number of inputs that `FUSION_BENCH_FUZZ_INPUTS` asks for in a long run by hand.
    package static let requestedInputs = Int(variable("FUSION_BENCH_FUZZ_INPUTS") ?? "")

    /// How often `FUSION_BENCH_KILLS` asks for a merge to be killed in a long run by hand.
    package static let requestedKills = Int(variable("FUSION_BENCH_KILLS") ?? "")

    /// A folder that gets the input being tried, in a file for each target; what kills the process is then still there.
    package static let traceDirectory = variable("FUSION_BENCH_FUZZ_TRACE")

    /// No single input may take longer.
    package static let secondsPerInput = 5.0

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
