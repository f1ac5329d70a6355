import Configuration
import Glibc
import OperatingSystem

/// Runs a job for every combination of the values that are swept over.
struct SweepRunner {
    let options: CommandLineOptions
    let overrides: [String]
    let composer: MakeComposer
    let runner: JobRunner
    let console: Console

    /// The configuration with the settings of the sweep, and the overrides of each job.
    private func expand() throws -> (master: ComposedConfiguration, jobs: [[String]]) {
        let master = try composer(overrides, true).compose()
        master.attachHydra()
        let arguments = try master.sweeperParameters() + master.taskOverrides
        let jobs = try SweepExpansion.jobs(of: arguments.map(OverrideParser.parse)) { master.options(of: $0) }
        return (master, jobs)
    }

    private func compose(_ job: [String], _ master: ComposedConfiguration) throws -> ComposedConfiguration {
        let composed = try composer(master.hydraOverrides + job, false).silenced().compose()
        master.shareMoments(with: composed.context)
        return composed
    }

    /// Prints the configuration of every job, separated by `---`.
    func show(_ part: CommandLineOptions.ConfigurationPart) throws {
        let (master, jobs) = try expand()
        for (number, job) in jobs.enumerated() {
            let composed = try compose(job, master)
            try composed.setJobNumber(number)
            if number > 0 { console.print("---") }
            let view = ConfigurationView(part: part, package: options.package, resolves: options.resolves)
            console.write(try view.text(composed))
        }
    }

    /// Runs the jobs one after another.
    ///
    /// - Throws: `SweepError.jobsFailed` if one failed, after its error has been shown.
    func run() throws {
        let (master, jobs) = try expand()
        let directory = try master.setting("sweep.dir") ?? "multirun"
        try FileSystem.makeDirectory(directory)
        try FileSystem.write(master.wholeText, to: FileSystem.join(directory, "multirun.yaml"))

        // Every job is composed before the first one runs: a mistake in the last one shows now.
        for job in jobs { _ = try compose(job, master) }

        var manifest = SweepManifest(configName: options.configName, jobs: jobs, directory: directory)
        if options.resumes {
            if let count = try manifest.skipFinished() {
                console.print("Resuming the sweep in \(directory): \(count) of \(jobs.count) jobs are done")
            } else {
                console.print("There is nothing to resume in \(directory)")
            }
        }
        try manifest.save()
        console.print("Launching \(jobs.count) jobs locally")
        var stopped = false
        SweepReport.removeStale(from: directory)
        for (index, job) in jobs.enumerated() where manifest.jobs[index].status == .pending && !stopped {
            let number = manifest.jobs[index].number
            console.print("\t#\(number) : " + job.filter { !$0.hasPrefix("hydra.") }.joined(separator: " "))
            let start = ContinuousClock.now
            do {
                let composed = try compose(job, master)
                composed.attachHydra()
                try composed.setJobNumber(number)
                let subdirectory = try JobRunner.subdirectory(of: composed)
                try manifest.update(index) {
                    $0.status = .running
                    $0.directory = subdirectory
                }
                try runner.runInSweep(
                    composed, number: number,
                    arguments: options.jobArguments
                        + master.hydraOverrides.filter { !$0.hasPrefix("hydra.mode=") }
                        + job)
                try manifest.update(index) {
                    $0.status = .done
                    $0.seconds = start.secondsUntilNow
                }
            } catch {
                if !(error is AlreadyReported) { console.report(error) }
                try manifest.update(index) {
                    $0.status = .failed
                    $0.seconds = start.secondsUntilNow
                    $0.problem = "\(error)"
                }
                stopped = !options.keepsGoing
            }
        }
        try manifest.save()
        console.write(SweepTable(manifest: manifest, console: console).text)
        try report(manifest, in: directory)
        let failures = manifest.jobs.count { $0.status == .failed }
        if failures > 0 { throw SweepError.jobsFailed(failures, of: jobs.count) }
    }
}

extension SweepRunner {
    /// Writes and shows the leaderboard, if jobs have evaluated models.
    private func report(_ manifest: SweepManifest, in directory: String) throws {
        guard let report = SweepReport(manifest, in: directory) else { return }
        try report.write(to: directory)
        console.print("\n" + report.leaderboard.table(console))
        func shown(_ name: String) -> String {
            FileSystem.display(FileSystem.absolute(FileSystem.join(directory, name)))
        }
        if let best = report.best { console.print("\nBest on average: \(best.name) (\(shown(best.directory)))") }
        console.print("The report is \(shown(SweepReport.FileName.page))")
    }
}
