import Foundation
import TestSupport
import Testing

@Suite("The command line agrees with Hydra's")
struct CommandLineParityTests {
    private struct Fixtures: Decodable {
        struct Case: Decodable {
            let arguments: [String]
            let stdout: String
            let exit: Int32
        }

        let environment: [String: String]
        let cases: [Case]
    }

    /// Where this program means to differ.
    private static let deviations: [String: Int32] = [
        // Overrides may stand anywhere.
        "a=5 -c job b.c=6": 0, "-c job a=5 --config-name self_last +b=6": 1,
        // `--cfg` goes with `--multirun`: the configurations of all jobs.
        "-c job --multirun": 0, "-c job -m a=1,2": 0,
        // Wrong combinations of flags are wrong flags.
        "--resolve": 2, "-c job --run": 2,
    ]

    @Test("Output and exit code of every command line")
    func everyLine() throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: Repository.fixtures + "/expected/command_line.json"))
        let fixtures = try JSONDecoder().decode(Fixtures.self, from: data)
        #expect(fixtures.cases.count > 80)
        for fixture in fixtures.cases {
            let line = fixture.arguments.joined(separator: " ")
            var arguments = fixture.arguments.map {
                $0.replacingOccurrences(of: "{FIXTURES}", with: Repository.fixtures)
            }
            if !line.contains("--config-path"), !line.contains("-cp") {
                arguments.insert(contentsOf: ["--config-path", "tree"], at: 0)
            }
            if !line.contains("--config-name"), !line.contains("-cn") {
                arguments.insert(contentsOf: ["--config-name", "no_defaults"], at: 0)
            }
            let result = try fusionBench(arguments, in: Repository.fixtures, environment: fixtures.environment)
            if let expected = Self.deviations[line] {
                #expect(result.exitCode == expected, "\(line): \(result.errors)")
                continue
            }
            #expect(result.exitCode == fixture.exit, "\(line): \(result.errors)")
            if fixture.exit != 0 {
                #expect(result.output.isEmpty && result.errors.hasPrefix("error: "), "\(line): \(result.errors)")
                continue
            }
            // The help texts are this program's own.
            if line.hasSuffix("--cfg all") { continue }
            let output = result.output.replacingOccurrences(of: Repository.fixtures, with: "{FIXTURES}")
            #expect(output == fixture.stdout, "\(line)")
        }
    }
}
