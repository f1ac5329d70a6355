import Configuration
import JSON
import OrderedCollections

/// The leaderboard of a sweep as a page that needs nothing else: no scripts, no network.
///
/// Its bytes follow from the jobs' files alone.
struct ReportPage {
    let leaderboard: Leaderboard
    let jobs: [FinishedJob]

    /// The page.
    var html: String {
        let page = MarkupElement("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"]) {
            MarkupElement("head") {
                MarkupElement("meta", ["charset": "utf-8"])
                MarkupElement("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                MarkupElement("meta", ["name": "color-scheme", "content": "light dark"])
                MarkupElement("title") { "Leaderboard: \(size)" }
                MarkupElement("style") { ReportStyleSheet.text }
            }
            MarkupElement("body") {
                MarkupElement("main") {
                    header
                    LeaderboardTable(leaderboard: leaderboard).section
                    LeaderboardCharts(leaderboard: leaderboard).section
                    LearningCharts(jobs: jobs).section
                    ProvenanceSection(jobs: jobs).section
                }
            }
        }
        return "<!DOCTYPE html>\n" + page.text + "\n"
    }

    private var size: String {
        let models = leaderboard.rows.count { if case .failed = $0.kind { false } else { $0.kind != .ownTask } }
        let tasks = leaderboard.tasks.count
        return "\(models) \(models == 1 ? "model" : "models") on \(tasks) \(tasks == 1 ? "task" : "tasks")"
    }

    private var header: MarkupElement {
        MarkupElement("header") {
            MarkupElement("h1") { "Leaderboard" }
            MarkupElement("p", ["class": "lead"]) {
                size + "."
                if let best = leaderboard.best, let average = best.average {
                    " Best on average: "
                    MarkupElement("strong") { best.name }
                    " with \(Leaderboard.percent(average)) % accuracy."
                }
            }
        }
    }
}
