import Foundation
import TestSupport
import Testing

@Suite("Running a job")
struct RunTests {
    private let greeting = ["--config-path", Repository.directory + "/config/_get_started", "-cn", "greeting_program"]

    @Test("The greeting program greets, logs, and leaves its configuration behind")
    func greets() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(greeting + ["name=you", "repeat_count=2", "hydra.run.dir=out"], in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        let lines = result.output.split(separator: "\n").filter { !$0.contains("[INFO]") }
        #expect(lines == ["[1/2] Welcome to FusionBench, you!", "[2/2] Welcome to FusionBench, you!"])
        #expect(
            scratch.files == [
                "out/.hydra/config.yaml", "out/.hydra/hydra.yaml", "out/.hydra/overrides.yaml", "out/cli.log",
            ])
        #expect(try scratch.read("out/.hydra/overrides.yaml") == "- name=you\n- repeat_count=2\n")
        #expect(
            try scratch.read("out/.hydra/config.yaml") == """
                _target_: fusion_bench._get_started.greeting_program.GreetingProgram
                message: Welcome to FusionBench
                name: you
                repeat_count: 2

                """)
        let hydra = try scratch.read("out/.hydra/hydra.yaml")
        #expect(hydra.contains("    output_dir: \(scratch.path)/out\n") && hydra.contains("  mode: RUN\n"))
        #expect(
            try scratch.read("out/cli.log").contains("[fusion_bench._get_started.greeting_program][INFO] - Starting"))
    }

    @Test("--quiet keeps the log off the terminal, and not out of its file")
    func quiet() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(greeting + ["--quiet", "hydra.run.dir=out"], in: scratch.path)
        #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.contains("Welcome") && !result.output.contains("INFO"))
        #expect(try scratch.read("out/cli.log").contains("[INFO] - Starting"))
    }

    @Test("The run directory, its files and the log follow the settings")
    func settings() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(
            greeting + [
                "hydra.run.dir=a/b", "hydra.output_subdir=null", "hydra/job_logging=disabled", "hydra.job.chdir=true",
            ],
            in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(scratch.files.isEmpty)
        #expect(FileManager.default.fileExists(atPath: scratch.path + "/a/b"))
        #expect(!result.output.contains("INFO"))
    }

    @Test("print_config draws the resolved configuration; dry_run stops after it")
    func dryRun() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(
            ["dry_run=true", "seed=7"], in: scratch.path,
            environment: [
                "FUSION_BENCH_CONFIG_PATH": Repository.directory + "/config"
            ])
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("CONFIG\n├── method\n│   └── _target_: fusion_bench.method.DummyAlgorithm\n"))
        #expect(result.output.contains("    work_dir: \(scratch.path)\n") && !result.output.contains("${"))
        #expect(!result.output.contains("\u{1B}["), "no colours outside a terminal")
        let log = try #require(scratch.files.first { $0.hasSuffix("cli.log") })
        #expect(try scratch.read(log).contains("dry-run mode"))
    }

    @Test("Colours on a terminal, unless NO_COLOR is set")
    func colors() throws {
        let scratch = try ScratchDirectory()
        for (variable, isColored) in [("", true), ("1", false)] {
            let command = "NO_COLOR=\(variable) '\(Repository.binary)' dry_run=true hydra.run.dir=out"
            let result = try run(
                ["/usr/bin/script", "-qec", command, "/dev/null"], in: scratch.path,
                environment: ["FUSION_BENCH_CONFIG_PATH": Repository.directory + "/config", "TERM": "xterm-256color"])
            #expect(result.output.contains("\u{1B}[") == isColored, "NO_COLOR=\(variable)")
        }
    }

    @Test(
        "Failures: one message, exit code 1",
        arguments: [
            (["seeed=1"], "There is no key 'seeed' in the configuration; did you mean 'seed'?"),
            (["method=task_aritmetic"], "Could not find 'method/task_aritmetic'"),
            (
                ["-cn", "fabric_model_fusin"],
                "Could not find the primary configuration 'fabric_model_fusin'; did you mean 'fabric_model_fusion'?"
            ),
            (["-cp", "/nonexistent"], "The configuration directory '/nonexistent' does not exist"),
            (["-cd", "/nonexistent"], "The configuration directory '/nonexistent' does not exist"),
            (
                ["print_config=5", "dry_run=true"],
                "Argument 'print_config' of fusion_bench.programs.FabricModelFusionProgram must be true or false"
            ),
            (["seed=x", "dry_run=true"], "must be a whole number or null, not the string 'x'"),
            (
                ["_target_=fusion_bench.programs.FabricModelFusionProgramm"],
                "did you mean 'fusion_bench.programs.FabricModelFusionProgram'?"
            ),
            (["path.root_dir=${path.data_dir}", "path.data_dir=${path.root_dir}", "dry_run=true"], "in a circle"),
            (["hydra.run.dir=/proc/nothing", "dry_run=true"], "cannot be written"),
            (["seed=1,2"], "To run a job for each value, add --multirun"),
        ])
    func failures(_ arguments: [String], message: String) throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(
            arguments, in: scratch.path, environment: ["FUSION_BENCH_CONFIG_PATH": Repository.directory + "/config"])
        #expect(result.exitCode == 1)
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.errors.hasPrefix("error: "))
    }

    @Test(
        "Wrong flags: exit code 2",
        arguments: [
            ["--frobnicate"], ["--cfg"], ["--cfg", "everything"], ["--keep-going"],
            ["-m", "--keep-going", "--fail-fast"],
            ["--cfg", "job", "--info"], ["--resolve"],
        ])
    func wrongFlags(_ arguments: [String]) throws {
        let result = try fusionBench(arguments)
        #expect(result.exitCode == 2)
        #expect(result.errors.hasPrefix("error: ") && result.output.isEmpty, "\(result.errors)")
    }

    @Test("A reader that goes away does not matter")
    func closedPipe() throws {
        let result = try run(
            ["/bin/sh", "-c", "'\(Repository.binary)' --cfg job | head -n 1"], in: Repository.directory)
        #expect(result.exitCode == 0 && result.errors.isEmpty)
    }

    @Test("The configuration directory: environment, current directory, beside the binary")
    func configurationDirectory() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("config/fabric_model_fusion.yaml", "here: 1\n")
        try scratch.write("other/fabric_model_fusion.yaml", "there: 2\n")
        #expect(try fusionBench(["--cfg", "job"], in: scratch.path).output == "here: 1\n")
        let environment = ["FUSION_BENCH_CONFIG_PATH": scratch.path + "/other"]
        #expect(try fusionBench(["--cfg", "job"], in: scratch.path, environment: environment).output == "there: 2\n")
        let empty = try ScratchDirectory()
        #expect(try fusionBench(["--cfg", "job"], in: empty.path).output.contains("FabricModelFusionProgram"))
    }
}
