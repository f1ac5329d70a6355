import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Leaderboards of sweeps")
struct LeaderboardTests {
    /// A directory with tiny models of CLIP and three tasks, and a sweep over methods on them.
    private struct Sweep {
        let scratch: ScratchDirectory

        init() throws {
            scratch = try ScratchDirectory()
            let fixtures = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation"
            for (name, path) in [
                ("models", fixtures), ("data", fixtures + "/data"), ("config", Repository.directory + "/config"),
            ] {
                try FileManager.default.createSymbolicLink(
                    atPath: scratch.path(name), withDestinationPath: path)
            }
        }

        func command(_ methods: String, _ overrides: [String] = []) -> [String] {
            [
                Repository.binary, "-m", "method=\(methods)", "modelpool=directories",
                "taskpool=CLIPVisionModelTaskPool/directories",
                "+taskpool.test_datasets.svhn={_target_:datasets.load_dataset,path:data/mnist,split:test}",
                "print_config=false", "report_save_path=null", "path.cache_dir=cache", "hydra.sweep.dir=sweep",
            ] + overrides
        }

        func run(_ methods: String, _ overrides: String...) throws -> ProcessResult {
            try CommandLineTests.run(command(methods, overrides), in: scratch.path)
        }

        func read(_ name: String) throws -> String { try scratch.read("sweep/" + name) }

        /// The leaderboard without its seconds.
        func rows() throws -> [String] {
            try read("leaderboard.md").split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
                line.split(separator: "|").dropLast().joined(separator: "|")
            }
        }
    }

    private struct Board: Decodable {
        struct Row: Decodable {
            let name: String
            let kind: String
            let directory: String
            let average: Double?
            let error: String?
            let accuracy: [String: Double]?
        }

        let rows: [Row]
    }

    private func board(_ sweep: Sweep) throws -> Board {
        try JSONDecoder().decode(Board.self, from: Data(sweep.read("leaderboard.json").utf8))
    }

    @Test("A sweep over methods ends with a leaderboard, a report, and the table")
    func leaderboard() throws {
        let sweep = try Sweep()
        let result = try sweep.run("individual_models,simple_average,slerp/slerp,task_arithmetic", "--keep-going")
        #expect(result.exitCode == 1, "\(result.errors)")
        let rows = try board(sweep).rows
        #expect(
            rows.map(\.name) == ["pretrained", "a", "b", "simple_average", "slerp/slerp", "task_arithmetic"])
        #expect(rows.map(\.kind) == ["single", "single", "single", "merged", "failed", "merged"])
        #expect(rows.map(\.directory) == ["0", "0", "0", "1", "2", "3"])
        #expect(rows[4].error == "Slerp needs 2 models; the pool has _pretrained_, a, b")
        // As the job's own report has them.
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(sweep.read("1/report.json").utf8)) as? [String: Any])
        for task in ["mnist", "eurosat", "svhn"] {
            let entry = try #require(report[task] as? [String: Any])
            #expect(rows[3].accuracy?[task] == entry["accuracy"] as? Double)
        }
        #expect(rows[3].average == (report["average"] as? [String: Any])?["accuracy"] as? Double)
        let shown = try sweep.read("leaderboard.md").split(separator: "\n")
        #expect(shown[1] == "| Model | mnist | eurosat | svhn | Average | Seconds |" && shown.count == 10)
        #expect(shown[7].hasPrefix("| slerp/slerp | failed: Slerp needs 2 models"))
        #expect(
            result.output.contains("\ntask_arithmetic ") && result.output.contains("The report is sweep/report.html"))

        let document = try XMLDocument(data: Data(sweep.read("report.html").utf8))
        #expect(document.rootElement()?.name == "html")
        let html = try sweep.read("report.html")
        #expect(html.contains("Radar chart") && html.contains("Bar chart") && !html.contains("Heat map"))
        #expect(html.contains("TaskArithmeticAlgorithm") && html.contains("sha256:"))
    }

    @Test("Two ranks give the same leaderboard and the same page, but for the seconds")
    func ranks() throws {
        func files(ranks: Int) throws -> [String] {
            let sweep = try Sweep()
            let command = sweep.command(
                "simple_average,slerp/slerp,ties_merging", ["fabric.devices=\(ranks)", "--keep-going"])
            let result = try LaunchedJob(command, in: sweep.scratch).result
            #expect(result.exitCode == 1, "\(result.errors)")
            let page = try sweep.read("report.html").replacing("fabric.devices=\(ranks)", with: "")
                .replacing(/<td class="seconds">[^<]*<\/td>/, with: "")
            return try sweep.rows() + [page, sweep.read("0/report.json"), sweep.read("2/report.json")]
        }
        #expect(try files(ranks: 1) == files(ranks: 2))
    }

    @Test(
        "Rows are named by what differs; a run that evaluates nothing ends without a leaderboard, and removes an older one"
    )
    func names() throws {
        let sweep = try Sweep()
        let result = try sweep.run("task_arithmetic", "method.scaling_factor=0.1,0.3")
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(try board(sweep).rows.map(\.name) == ["scaling_factor=0.1", "scaling_factor=0.3"])
        let command = [
            Repository.binary, "-m", "method=task_arithmetic,simple_average", "modelpool=directories",
            "taskpool=dummy", "hydra.sweep.dir=sweep",
        ]
        let without = try CommandLineTests.run(command, in: sweep.scratch.path)
        #expect(without.exitCode == 0 && !without.output.contains("The report is"), "\(without.errors)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: sweep.scratch.path("sweep")).sorted() == [
                "0", "1", "manifest.json", "multirun.yaml",
            ])
    }

    @Test("A resumed sweep has the rows of all its jobs, and new jobs overwrite none of them")
    func resumed() throws {
        let sweep = try Sweep()
        _ = try sweep.run("task_arithmetic,simple_average", "seed=1")
        let first = try sweep.rows()
        let report = try sweep.read("1/report.json")
        // The new job comes before a finished one, whose number it must not take.
        let result = try sweep.run("task_arithmetic,dummy,simple_average", "seed=1", "--resume")
        #expect(result.exitCode == 0 && result.output.contains("2 of 3 jobs are done"), "\(result.errors)")
        #expect(result.output.contains("#2 : method=dummy"))
        #expect(try sweep.read("1/report.json") == report)
        let rows = try sweep.rows()
        #expect(rows.count == 5 && rows[2] == first[2] && rows[4] == first[3] && rows[3].contains("dummy"))
        #expect(try board(sweep).rows.map(\.directory) == ["0", "2", "1"])
    }

    @Test("A file of a job that cannot be read makes a row that says so")
    func damaged() throws {
        let sweep = try Sweep()
        _ = try sweep.run("task_arithmetic,simple_average")
        try sweep.scratch.write("sweep/0/outcome.json", "{ damaged")
        let result = try sweep.run("task_arithmetic,simple_average", "--resume")
        #expect(result.exitCode == 0, "\(result.errors)")
        let rows = try board(sweep).rows
        #expect(rows.map(\.kind) == ["failed", "merged"] && rows[0].error?.contains("0/outcome.json") ?? false)
    }
}
