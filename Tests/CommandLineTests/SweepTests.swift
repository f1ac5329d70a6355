import Foundation
import TestSupport
import Testing

@Suite("Sweeps")
struct SweepTests {
    private let greeting = [
        "--config-path", Repository.directory + "/config/_get_started", "-cn", "greeting_program", "-m",
        "hydra.sweep.dir=sweep",
    ]

    private struct Manifest: Decodable {
        struct Job: Decodable {
            let id: String
            let number: Int
            let overrides: [String]
            let status: String
            let seconds: Double?
            let error: String?
        }

        let config_name: String
        let jobs: [Job]
    }

    private func manifest(_ scratch: ScratchDirectory) throws -> Manifest {
        try JSONDecoder().decode(Manifest.self, from: Data(scratch.read("sweep/manifest.json").utf8))
    }

    @Test("A job for every combination, directories and files as Hydra writes them")
    func combinations() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(greeting + ["name=a,b", "repeat_count=range(1,3)"], in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(
            result.output.contains("\t#0 : name=a repeat_count=1\n")
                && result.output.contains("\t#3 : name=b repeat_count=2\n"))
        #expect(result.output.hasSuffix("4 done\n"))
        #expect(try scratch.read("sweep/2/.hydra/overrides.yaml") == "- name=b\n- repeat_count=1\n")
        #expect(try scratch.read("sweep/3/.hydra/hydra.yaml").contains("    num: 3\n"))
        #expect(try scratch.read("sweep/multirun.yaml").contains("name: Developer\n"))
        let jobs = try manifest(scratch).jobs
        #expect(jobs.map(\.status) == ["done", "done", "done", "done"])
        #expect(jobs.map(\.number) == [0, 1, 2, 3] && Set(jobs.map(\.id)).count == 4)
        #expect(jobs[1].overrides == ["name=a", "repeat_count=2"])
    }

    @Test("A failing job stops the sweep, or not")
    func failures() throws {
        for keepsGoing in [false, true] {
            let scratch = try ScratchDirectory()
            let arguments = greeting + ["repeat_count=1,many,2"] + (keepsGoing ? ["--keep-going"] : [])
            let result = try fusionBench(arguments, in: scratch.path)
            #expect(result.exitCode == 1)
            #expect(result.errors.contains("must be a whole number, not the string 'many'"))
            #expect(result.errors.contains("1 of 3 jobs failed"))
            let jobs = try manifest(scratch).jobs
            #expect(jobs.map(\.status) == ["done", "failed", keepsGoing ? "done" : "pending"])
            #expect(jobs[1].error?.contains("repeat_count") ?? false)
        }
    }

    @Test("A sweep is resumed: what is done is not done again")
    func resumed() throws {
        let scratch = try ScratchDirectory()
        _ = try fusionBench(greeting + ["name=a,b", "message=one"], in: scratch.path)
        let before = try scratch.read("sweep/0/cli.log")
        // In another order, with one more.
        let result = try fusionBench(greeting + ["--resume", "message=one", "name=a,b,c"], in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.contains("2 of 3 jobs are done"))
        #expect(!result.output.contains("#0 :") && result.output.contains("#2 : message=one name=c"))
        #expect(try scratch.read("sweep/0/cli.log") == before)
        #expect(try manifest(scratch).jobs.map(\.status) == ["skipped", "skipped", "done"])
        try scratch.write("sweep/manifest.json", "{ damaged")
        let damaged = try fusionBench(greeting + ["--resume", "name=a"], in: scratch.path)
        #expect(damaged.exitCode == 1 && damaged.errors.contains("manifest"))
    }

    @Test("A mistake in the last job shows before the first one runs")
    func early() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(greeting + ["name=a,b", "hydra/job_logging=nothing"], in: scratch.path)
        #expect(result.exitCode == 1)
        #expect(!result.output.contains("Welcome"))
    }

    @Test("--cfg with --multirun shows the configuration of every job")
    func shown() throws {
        let result = try fusionBench(greeting + ["name=a,b", "--cfg", "job"])
        let documents = result.output.components(separatedBy: "---\n")
        #expect(documents.count == 2)
        #expect(documents[0].contains("name: a\n") && documents[1].contains("name: b\n"))
    }

    @Test("The time of a sweep is the same in all its jobs")
    func moments() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(
            ["--multirun", "seed=1,2", "dry_run=true", "print_config=false"], in: scratch.path,
            environment: ["FUSION_BENCH_CONFIG_PATH": Repository.directory + "/config"])
        #expect(result.exitCode == 0, "\(result.errors)")
        let sweeps = try FileManager.default.contentsOfDirectory(
            atPath: scratch.path + "/outputs/multirun/fabric_model_fusion")
        #expect(sweeps.count == 1)
        let directory = "outputs/multirun/fabric_model_fusion/\(sweeps[0])"
        #expect(try scratch.read(directory + "/1/config.yaml").contains("seed: 2\n"))
    }
}
