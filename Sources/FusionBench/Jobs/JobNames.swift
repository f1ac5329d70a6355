/// Short names for the jobs of a sweep: what makes each different from the others.
///
/// Of `method=task_arithmetic method.scaling_factor=0.3 seed=1`, where all jobs have this seed, remains
/// `task_arithmetic, scaling_factor=0.3`.
struct JobNames {
    /// One for each job.
    let names: [String]

    /// Names jobs by their overrides.
    init(_ jobs: [[String]]) {
        let own = jobs.map { $0.filter { !$0.hasPrefix("hydra.") } }
        let shared = own.first.map { first in Set(first.filter { item in own.allSatisfy { $0.contains(item) } }) } ?? []
        names = own.map { overrides in
            // A single job differs in nothing: its method says most.
            let candidates = [
                overrides.filter { !shared.contains($0) }, overrides.filter { $0.hasPrefix("method=") }, overrides,
            ]
            let name = (candidates.first { !$0.isEmpty } ?? []).map(Self.short).joined(separator: ", ")
            return name.isEmpty ? "the configuration as it is" : name
        }
    }

    /// An override without what goes without saying.
    private static func short(_ override: String) -> String {
        let text = override.drop { $0 == "+" }
        for prefix in ["method=", "method."] where text.hasPrefix(prefix) {
            return String(text.dropFirst(prefix.count))
        }
        return String(text)
    }
}
