import Configuration

/// The jobs of a sweep and their outcomes as a table.
struct SweepTable {
    let manifest: SweepManifest
    let console: Console

    var text: String {
        let rows = zip(manifest.jobs, JobNames(manifest.jobs.map(\.overrides)).names).map { job, name in
            (
                number: String(job.number), status: job.status,
                seconds: job.seconds.map { FixedDecimal.text($0, decimals: 3) } ?? "", name: name
            )
        }
        let numberWidth = max(1, rows.map(\.number.count).max() ?? 0)
        let secondsWidth = max("seconds".count, rows.map(\.seconds.count).max() ?? 0)
        func line(_ number: String, _ status: String, _ seconds: String, _ name: String) -> String {
            number.padded(numberWidth, right: true) + "  " + status + "  " + seconds.padded(secondsWidth, right: true)
                + "  " + name
        }
        var lines = ["", console.styled(line("#", "status ", "seconds", "job"), .bold)]
        for row in rows {
            let style: TerminalStyle =
                switch row.status {
                case .done: .green
                case .failed: .red
                case .pending, .running: .yellow
                case .skipped: .dim
                }
            let status = console.styled(row.status.rawValue.padded(7, right: false), style)
            lines.append(line(row.number, status, row.seconds, row.name))
        }
        let counts = [SweepManifest.Status.done, .skipped, .failed, .pending].compactMap { status in
            let count = manifest.jobs.count { $0.status == status }
            return count > 0 ? "\(count) \(status == .pending ? "not run" : status.rawValue)" : nil
        }
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n") + "\n"
    }
}

extension String {
    fileprivate func padded(_ width: Int, right: Bool) -> String {
        let blanks = String(repeating: " ", count: max(0, width - count))
        return right ? blanks + self : self + blanks
    }
}
