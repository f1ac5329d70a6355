import Configuration
import JSON
import OrderedCollections

/// What made the rows of a leaderboard: versions, seeds, models, and the configuration.
struct ProvenanceSection {
    let jobs: [FinishedJob]

    /// What jobs say under their provenance.
    private var provenances: [(job: String, entries: OrderedDictionary<String, String>)] {
        jobs.compactMap { job in
            guard case .evaluated(let report, _) = job.result else { return nil }
            return (job.name, (report["provenance"]?.object ?? [:]).compactMapValues(\.string))
        }
    }

    /// Everything under one heading; nil if no job says anything.
    var section: MarkupElement? {
        let provenances = provenances
        guard provenances.contains(where: { !$0.entries.isEmpty }) else { return nil }
        let count = provenances.count
        return MarkupElement("section", ["aria-labelledby": "provenance"]) {
            MarkupElement("h2", ["id": "provenance"]) { "How it was made" }
            MarkupElement("dl") {
                for (key, name) in [("fusion_bench_version", "Version"), ("fusion_bench_seed", "Seed")] {
                    for group in shared(key, provenances).groups {
                        MarkupElement("dt") { name + Self.owners(group, count) }
                        MarkupElement("dd") { group.text }
                    }
                }
            }
            details("Jobs") {
                for job in jobs {
                    MarkupElement("p", ["class": "job"]) { MarkupElement("code") { Self.overrides(job) } }
                }
            }
            for group in shared("fusion_bench_inputs", provenances).groups {
                details("Models" + Self.owners(group, count)) { inputs(group.text) }
            }
            for (part, texts) in parts(provenances) {
                details("Configuration: \(part)") {
                    for group in texts.groups {
                        if group.jobs.count < count {
                            MarkupElement("p", ["class": "owner"]) { group.jobs.joined(separator: "; ") }
                        }
                        MarkupElement("pre") { group.text }
                    }
                }
            }
        }
    }

    /// Whose it is, if not everybody's.
    private static func owners(_ group: SharedTexts.Group, _ count: Int) -> String {
        group.jobs.count == count ? "" : " of " + group.jobs.joined(separator: "; ")
    }

    private static func overrides(_ job: FinishedJob) -> String {
        let own = job.overrides.filter { !$0.hasPrefix("hydra.") }
        return "#\(job.number)" + own.map { " " + $0 }.joined()
    }

    private func shared(
        _ key: String, _ provenances: [(job: String, entries: OrderedDictionary<String, String>)]
    ) -> SharedTexts {
        var texts = SharedTexts()
        for (job, entries) in provenances { if let text = entries[key] { texts.add(text, of: job) } }
        return texts
    }

    /// The parts of the recipes: method, models, tasks.
    private func parts(
        _ provenances: [(job: String, entries: OrderedDictionary<String, String>)]
    ) -> OrderedDictionary<String, SharedTexts> {
        var parts: OrderedDictionary<String, SharedTexts> = [:]
        for (job, entries) in provenances {
            guard let recipe = entries["fusion_bench_recipe"] else { continue }
            let value = try? ConfigurationValue.plain(yaml: recipe, name: "recipe")
            guard let mapping = value?.entries else {
                parts["all", default: SharedTexts()].add(recipe, of: job)
                continue
            }
            for (key, part) in mapping {
                parts[key.description, default: SharedTexts()].add(part.yamlText, of: job)
            }
        }
        return parts
    }

    /// The models' files and digests as a table.
    private func inputs(_ text: String) -> MarkupElement {
        guard let models = try? JSONValue(parsing: text.utf8).object else {
            return MarkupElement("pre") { text }
        }
        return MarkupElement("div", ["class": "scroll"]) {
            MarkupElement("table", ["class": "files"]) {
                MarkupElement("tbody") {
                    for (name, model) in models {
                        for (file, digest) in model["files"]?.object ?? [:] {
                            MarkupElement("tr") {
                                MarkupElement("th", ["scope": "row", "class": "label"]) { name }
                                MarkupElement("td") { file }
                                MarkupElement("td") { MarkupElement("code") { digest.string ?? "" } }
                            }
                        }
                    }
                }
            }
        }
    }

    private func details(
        _ summary: String, @MarkupBuilder _ content: () -> [MarkupElement.Child]
    ) -> MarkupElement {
        MarkupElement("details") {
            MarkupElement("summary") { summary }
            MarkupElement("div", ["class": "folded"], content)
        }
    }
}
