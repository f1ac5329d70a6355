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
        for (number, job) in jobs.enumerated() where manifest.jobs[number].status == .pending && !stopped {
            console.print("\t#\(number) : " + job.filter { !$0.hasPrefix("hydra.") }.joined(separator: " "))
            try manifest.update(number) { $0.status = .running }
            let start = ContinuousClock.now
            do {
                try runner.runInSweep(
                    compose(job, master), number: number,
                    arguments: options.jobArguments
                        + master.hydraOverrides.filter { !$0.hasPrefix("hydra.mode=") }
                        + job)
                try manifest.update(number) {
                    $0.status = .done; $0.seconds = start.secondsUntilNow
                }
            } catch {
                if !(error is AlreadyReported) { console.report(error) }
                try manifest.update(number) {
                    $0.status = .failed
                    $0.seconds = start.secondsUntilNow
                    $0.problem = "\(error)"
                }
                stopped = !options.keepsGoing
            }
        }
        try manifest.save()
        console.write(SweepTable(manifest: manifest, console: console).text)
        let failures = manifest.jobs.count { $0.status == .failed }
        if failures > 0 { throw SweepError.jobsFailed(failures, of: jobs.count) }
    }
}

/// The jobs of a sweep and their outcomes as a table.
struct SweepTable {
    let manifest: SweepManifest
    let console: Console

    var text: String {
        let rows = manifest.jobs.map { job in
            (
                number: String(job.number), status: job.status, seconds: job.seconds.map(Self.seconds) ?? "",
                overrides: job.overrides.filter { !$0.hasPrefix("hydra.") }.joined(separator: " ")
            )
        }
        let numberWidth = max(1, rows.map(\.number.count).max() ?? 0)
        let secondsWidth = max("seconds".count, rows.map(\.seconds.count).max() ?? 0)
        func line(_ number: String, _ status: String, _ seconds: String, _ overrides: String) -> String {
            number.padded(numberWidth, right: true) + "  " + status + "  " + seconds.padded(secondsWidth, right: true)
                + "  "
                + overrides
        }
        var lines = ["", console.styled(line("#", "status ", "seconds", "overrides"), .bold)]
        for row in rows {
            let style: TerminalStyle =
                switch row.status {
                case .done: .green
                case .failed: .red
                case .pending, .running: .yellow
                case .skipped: .dim
                }
            let status = console.styled(row.status.rawValue.padded(7, right: false), style)
            lines.append(line(row.number, status, row.seconds, row.overrides))
        }
        let counts = [SweepManifest.Status.done, .skipped, .failed, .pending].compactMap { status in
            let count = manifest.jobs.count { $0.status == status }
            return count > 0 ? "\(count) \(status == .pending ? "not run" : status.rawValue)" : nil
        }
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n") + "\n"
    }

    /// Seconds with three decimals.
    private static func seconds(_ value: Double) -> String {
        let milliseconds = Int((value * 1000).rounded())
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}

extension String {
    fileprivate func padded(_ width: Int, right: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - count))
        return right ? blanks + self : self + blanks
    }
}
