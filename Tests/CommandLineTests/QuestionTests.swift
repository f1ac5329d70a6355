import Foundation
import TestSupport
import Testing

@Suite("Asking about the configuration")
struct QuestionTests {
    @Test("--explain: value, place, what it overrode")
    func explain() throws {
        let result = try fusionBench(["--explain", "seed", "seed=42"])
        #expect(
            result.output == """
                seed = 42
                  set by       command line: seed=42
                  replacing    null
                    set by     config/fabric_model_fusion.yaml:15:7

                """)
        let link = try fusionBench(["--explain", "path.output_dir"])
        #expect(link.output.contains("path.output_dir = ${.root_dir}/outputs\n  resolves to  ./outputs\n"))
        let group = try fusionBench(["--explain", "method", "method=dummy"])
        #expect(group.output.contains("method._target_ = fusion_bench.method.DummyAlgorithm"))
        let wrong = try fusionBench(["--explain", "sed"])
        #expect(wrong.exitCode == 1 && wrong.errors.contains("did you mean 'seed'?"))
    }

    @Test(
        "--info tells of the search path, the defaults and the configuration",
        arguments: [
            ("searchpath", ["| hydra    | pkg://hydra.conf", "| main     | file://"]),
            ("defaults", ["| method/dummy ", "| fabric_model_fusion", "| True "]),
            ("defaults-tree", ["<root>:\n  hydra/config:", "    method: dummy\n", "    _self_\n"]),
            ("config", ["Defaults Tree", "_target_: fusion_bench.programs.FabricModelFusionProgram"]),
        ])
    func info(_ topic: String, expected: [String]) throws {
        let result = try fusionBench(["--info", topic])
        #expect(result.exitCode == 0, "\(result.errors)")
        for text in expected { #expect(result.output.contains(text), "\(result.output)") }
    }

    @Test("--info without a topic tells all, and leaves the next argument alone")
    func infoAlone() throws {
        let result = try fusionBench(["--info", "seed=5"])
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.contains("Config search path") && result.output.contains("seed: 5\n"))
    }

    @Test("--help lists flags, groups and options; --hydra-help the groups of the run")
    func help() throws {
        let help = try fusionBench(["--help"])
        #expect(help.exitCode == 0, "\(help.errors)")
        let loggers = "fabric/loggers: csv_logger, json_lines_logger, tensorboard_logger\n"
        for text in ["--explain", "--multirun", "method: depth_upscaling, dummy, ", loggers] {
            #expect(help.output.contains(text), "\(text)")
        }
        let hydra = try fusionBench(["--hydra-help"])
        #expect(hydra.output.contains("hydra/job_logging: default, disabled, none, rich_logging, stdout\n"))
        #expect(try fusionBench(["--version"]).output.hasPrefix("fusion_bench "))
    }

    private func complete(_ line: String) throws -> [String] {
        let result = try fusionBench(
            ["--shell-completion", "query=bash"], environment: ["COMP_LINE": "fusion_bench " + line])
        #expect(result.exitCode == 0 && result.errors.isEmpty, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    @Test("Completion of groups, options, keys, values and flags")
    func completion() throws {
        #expect(try complete("meth") == ["method.", "method="])
        #expect(try complete("method=dum") == ["method=dummy"])
        #expect(
            try complete("modelpool=CLIPVisionModelPool/clip-vit-large-patch14_TA8_m") == [
                "modelpool=CLIPVisionModelPool/clip-vit-large-patch14_TA8_model_only"
            ])
        #expect(try complete("fabric/") == ["fabric/loggers="])
        #expect(try complete("path.root") == ["path.root_dir="])
        #expect(try complete("seed=") == ["seed=null"])
        #expect(try complete("method=dummy print_c") == ["print_config="])
        #expect(try complete("--mul") == ["--multirun"])
        #expect(try complete("--cfg ") == ["all", "hydra", "job"])
        #expect(try complete("--explain fabric.").contains("fabric.devices="))
        #expect(try complete("-cn _get_started/greeting_program mes").isEmpty)
        #expect(try complete("method=nothing see").isEmpty)
        #expect(try complete("report_save_path=./READ") == ["report_save_path=./README.md"])
    }

    @Test("The completion script works in bash")
    func bash() throws {
        let script = """
            eval "$('\(Repository.binary)' --shell-completion install=bash)"
            PATH="$(dirname '\(Repository.binary)'):$PATH"
            COMP_LINE='fusion_bench method=du' COMP_POINT=22 COMP_WORDS=(fusion_bench method=du) COMP_CWORD=1
            _fusion_bench_complete
            echo "${COMPREPLY[@]}"
            """
        let result = try run(["/bin/bash", "-c", script], in: Repository.directory)
        #expect(result.output == "method=dummy\n", "\(result.errors)")
        for shell in ["zsh", "fish"] {
            #expect(try fusionBench(["-sc", "install=\(shell)"]).output.contains("_fusion_bench_complete"))
        }
        #expect(try fusionBench(["-sc", "install=tcsh"]).exitCode == 1)
    }
}
