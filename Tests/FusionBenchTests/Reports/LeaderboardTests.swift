import JSON
import TestSupport
import Testing

@testable import FusionBench

@Suite("Leaderboards")
struct LeaderboardTests {
    private func board(_ jobs: FinishedJob...) throws -> Leaderboard { try #require(Leaderboard(jobs)) }

    @Test("A row for each job, the best merge of each task marked, single models beside them")
    func rows() throws {
        let board = try board(
            SampleJobs.individual(
                0, ["_pretrained_": ["x": 0.1, "y": 0.2], "x": ["x": 0.9, "y": 0.3], "y": ["x": 0.4, "y": 0.8]]),
            SampleJobs.merged(1, "average", ["x": 0.5, "y": 0.5]), SampleJobs.merged(2, "ties", ["x": 0.6, "y": 0.5]))
        #expect(board.tasks == ["x", "y"])
        #expect(board.rows.map(\.name) == ["pretrained", "x", "y", "each task's own model", "average", "ties"])
        #expect(board.rows.map(\.kind) == [.single, .single, .single, .ownTask, .merged, .merged])
        #expect(board.rows[3].accuracies == [0.9, 0.8] && board.rows[3].seconds == nil)
        #expect(board.rows[5].average == 0.55 && board.rows[5].seconds == 3.5)
        let best = board.rows.map { row in [0, 1, nil].map { board.isBest(row, on: $0) } }
        #expect(best[4] == [false, true, false] && best[5] == [true, true, true])
        #expect(best[..<4].allSatisfy { $0 == [false, false, false] })
        #expect(board.best?.name == "ties")
    }

    @Test("Without merges, single models compete")
    func singles() throws {
        let board = try board(SampleJobs.individual(0, ["_pretrained_": ["x": 0.1], "a": ["x": 0.9]]))
        #expect(board.best?.name == "a" && board.rows.count == 2)
    }

    @Test("A task that is missing leaves a gap, and no average")
    func missing() throws {
        let board = try board(SampleJobs.merged(0, "a", ["x": 0.5]), SampleJobs.merged(1, "b", ["y": 0.25, "x": 0.1]))
        #expect(board.tasks == ["x", "y"] && board.rows[0].accuracies == [0.5, nil])
        #expect(board.rows[0].average == nil && board.best?.name == "b")
        #expect(board.markdown.contains("| a | **50.0** | – | – | 3.50 |\n"))
    }

    @Test(
        "A job that failed is a row with the first line of its error; if nothing was evaluated, there is no leaderboard"
    )
    func failures() throws {
        let failed = SampleJobs.failed(0, "slerp", "needs 2 models\nand more")
        let board = try board(failed, SampleJobs.merged(1, "a", ["x": 0.5]))
        #expect(board.rows[0].kind == .failed("needs 2 models"))
        #expect(board.markdown.contains("| slerp | failed: needs 2 models |  |  |\n"))
        #expect(board.table(Console(usesColor: false)).contains("slerp"))
        #expect(Leaderboard([failed]) == nil && Leaderboard([]) == nil)
        #expect(Leaderboard([SampleJobs.merged(0, "dummy", [:])]) == nil)
    }

    @Test("Markdown shows names as they are")
    func markdown() throws {
        let board = try board(SampleJobs.merged(0, "a|b*c<d>", ["_x_y_": 0.5]))
        let lines = board.markdown.split(separator: "\n")
        #expect(lines[1] == #"| Model | \_x_y\_ | Average | Seconds |"#)
        #expect(lines[3] == #"| a\|b\*c\<d\> | **50.0** | **50.0** | 3.50 |"#)
    }

    @Test("On a terminal the best are bold; where nothing can be bold they have a star")
    func table() throws {
        let board = try board(SampleJobs.merged(0, "a", ["x": 0.5]), SampleJobs.merged(1, "b", ["x": 0.25]))
        let plain = board.table(Console(usesColor: false)).split(separator: "\n")
        #expect(plain[2] == "a      50.0*    50.0*     3.50" && plain[3] == "b      25.0     25.0      3.50")
        let colored = board.table(Console(usesColor: true))
        #expect(colored.contains("\u{1B}[1m") && !colored.contains("*"))
    }

    @Test("For programs there is everything, unrounded")
    func json() throws {
        let jobs = [
            SampleJobs.merged(3, "a", ["x": 1 / 3, "y": 1]), SampleJobs.merged(4, "b", ["y": 0.5]),
            SampleJobs.failed(5, "c", "no"),
        ]
        let json = try #require(Leaderboard(jobs)).json(jobs)
        let rows = try #require(json["rows"]?.array)
        #expect(json["tasks"] == ["x", "y"] && rows.count == 3)
        #expect(rows[0]["accuracy"]?["x"]?.double == 1 / 3 && rows[0]["average"]?.double == (1 / 3 + 1) / 2)
        #expect(rows[0]["kind"] == "merged" && rows[0]["job"] == 3 && rows[0]["directory"] == "3")
        #expect(rows[0]["overrides"] == ["method=a"] && rows[0]["best_average"] == true)
        #expect(rows[0]["fusion_seconds"]?.double == 1.5 && rows[0]["evaluation_seconds"]?.double == 2)
        #expect(rows[1]["accuracy"]?["x"] == .null && rows[1]["average"] == .null)
        #expect(rows[2]["kind"] == "failed" && rows[2]["error"] == "no" && rows[2]["accuracy"] == nil)
    }

    @Test(
        "Jobs are named by what tells them apart",
        arguments: [
            ([["method=a", "seed=1"], ["method=b/c", "seed=1"]], ["a", "b/c"]),
            (
                [["method=a", "method.scaling_factor=0.1"], ["method=a", "method.scaling_factor=0.2"]],
                ["scaling_factor=0.1", "scaling_factor=0.2"]
            ),
            (
                [["method=a", "+seed=1"], ["method=a", "+seed=2"], ["method=b", "+seed=2"]],
                ["a, seed=1", "a, seed=2", "b, seed=2"]
            ),
            ([["method=a", "seed=1", "hydra.sweep.dir=b"]], ["a"]), ([["x=1", "y=2"]], ["x=1, y=2"]),
            ([[]], ["the configuration as it is"]),
            ([], []),
        ] as [([[String]], [String])])
    func names(_ jobs: [[String]], _ names: [String]) {
        #expect(JobNames(jobs).names == names)
    }
}

@Suite("What jobs of a sweep leave")
struct JobOutcomeTests {
    private let outcome = JobOutcome(
        fusionSeconds: 1.5,
        models: [
            JobOutcome.Model(name: nil, pooledName: nil, seconds: 0.25),
            JobOutcome.Model(name: "a", pooledName: "b", seconds: 3),
        ])

    @Test("What is written is read again; what is stale goes")
    func roundTrip() throws {
        let scratch = try ScratchDirectory()
        let (outcome, path) = (outcome, scratch.path)
        _ = try withFabrics(2) { try outcome.save(EvaluationReport(json: ["x": 1]), to: path, on: $0) }
        let found = try #require(try JobOutcome.read(from: path))
        #expect(found.report == ["x": 1] && found.outcome == outcome)
        JobOutcome.removeStale(from: path)
        #expect(scratch.names.isEmpty)
        #expect(try JobOutcome.read(from: path) == nil)
    }

    @Test(
        "What is wrong is said with its key",
        arguments: [
            ("{}", "fusion_seconds"), ("{\"fusion_seconds\": 1, \"models\": [{}]}", "models"), ("[", "no JSON"),
            ("{\"fusion_seconds\": \"1\", \"models\": []}", "must be a number"),
        ])
    func wrong(_ text: String, part: String) throws {
        let scratch = try ScratchDirectory()
        try scratch.write(JobOutcome.fileName, text)
        try scratch.write(JobOutcome.reportName, "{}")
        let error = try #require(throws: JobOutcomeError.self) { try JobOutcome.read(from: scratch.path) }
        #expect(error.description.contains(part), "\(error)")
    }
}
