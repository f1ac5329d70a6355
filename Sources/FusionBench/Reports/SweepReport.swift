import JSON
import OperatingSystem

/// What a sweep whose jobs evaluate models ends with: the leaderboard for people, for programs, and as a page.
struct SweepReport {
    let leaderboard: Leaderboard
    let jobs: [FinishedJob]

    /// The report of a sweep; nil if no job has evaluated anything.
    ///
    /// - Parameters:
    ///   - manifest: The jobs and how they went.
    ///   - directory: The sweep's directory.
    init?(_ manifest: SweepManifest, in directory: String) {
        let names = JobNames(manifest.jobs.map(\.overrides)).names
        let jobs = zip(manifest.jobs, names).map {
            FinishedJob($0, name: $1, in: FileSystem.join(directory, $0.directory))
        }
        guard let leaderboard = Leaderboard(jobs) else { return nil }
        self.leaderboard = leaderboard
        self.jobs = jobs
    }

    /// The names of the files that are written, in the sweep's directory.
    enum FileName {
        static let markdown = "leaderboard.md"
        static let json = "leaderboard.json"
        static let page = "report.html"
    }

    /// Writes the files.
    ///
    /// - Throws: `FileSystemError` if one cannot be written.
    func write(to directory: String) throws {
        func write(_ text: String, _ name: String) throws {
            try FileSystem.write(text, to: FileSystem.join(directory, name))
        }
        try write(leaderboard.markdown, FileName.markdown)
        try write(leaderboard.json(jobs).text(indent: 2) + "\n", FileName.json)
        try write(ReportPage(leaderboard: leaderboard, jobs: jobs).html, FileName.page)
    }

    /// The best merge on average, and where its job wrote, as seen from the sweep's directory.
    var best: (name: String, directory: String)? {
        leaderboard.best.flatMap { best in
            jobs.first { $0.number == best.job }.map { (best.name, $0.directory) }
        }
    }

    /// Removes what an earlier run of the sweep has written, so that nobody takes it for this one's.
    static func removeStale(from directory: String) {
        for name in [FileName.markdown, FileName.json, FileName.page] {
            FileSystem.remove(FileSystem.join(directory, name))
        }
    }
}

extension FinishedJob {
    /// Looks at what a job has left in its directory.
    ///
    /// Files that cannot be used make it a failed one: the others still have their places.
    fileprivate init(_ job: SweepManifest.Job, name: String, in directory: String) {
        func finished(_ result: Result, _ learning: LearningRecord? = nil) -> FinishedJob {
            FinishedJob(
                number: job.number, name: name, overrides: job.overrides, directory: job.directory,
                result: result, learning: learning)
        }
        switch job.status {
        case .failed: self = finished(.failed(job.problem ?? "the job did not say why"))
        case .pending, .running: self = finished(.nothing)
        case .done, .skipped:
            do {
                guard let (report, outcome) = try JobOutcome.read(from: directory) else {
                    self = finished(.nothing)
                    return
                }
                self = finished(.evaluated(report: report, outcome), try LearningRecord.read(from: directory))
            } catch {
                self = finished(.failed("\(error)"))
            }
        }
    }
}
