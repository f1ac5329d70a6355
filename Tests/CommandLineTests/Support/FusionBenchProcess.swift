import Foundation
import TestSupport

extension Repository {
    static let fixtures = directory + "/Tests/ConfigurationTests/Fixtures"

    /// `FUSION_BENCH_BINARY`, or the debug build beside the tests.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["FUSION_BENCH_BINARY"], !path.isEmpty { return path }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("fusion_bench").path
    }()
}

/// The variables of this process, without those that change what `fusion_bench` does, and more of them.
func testEnvironment(_ added: [String: String]) -> [String: String] {
    let inherited = ProcessInfo.processInfo.environment.filter {
        !$0.key.hasPrefix("FB_TEST_") && !$0.key.hasPrefix("FUSION_BENCH_")
    }
    return inherited.merging(added) { $1 }
}

/// Runs a command and waits for it.
func run(
    _ command: [String], in directory: String, environment: [String: String] = [:]
) throws -> ProcessResult {
    try ProcessResult(of: command, in: directory, environment: testEnvironment(environment))
}

/// Runs `fusion_bench`.
func fusionBench(
    _ arguments: [String], in directory: String = Repository.directory, environment: [String: String] = [:]
) throws -> ProcessResult {
    try run([Repository.binary] + arguments, in: directory, environment: environment)
}
