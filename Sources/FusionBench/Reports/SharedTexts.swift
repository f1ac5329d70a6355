/// Texts of several jobs, equal ones together: what all jobs share is shown once.
struct SharedTexts {
    /// One text, and the jobs that have it.
    struct Group: Equatable {
        let text: String
        var jobs: [String]
    }

    /// In the order of the jobs.
    private(set) var groups: [Group] = []

    /// Adds a job's text.
    mutating func add(_ text: String, of job: String) {
        if let index = groups.firstIndex(where: { $0.text == text }) {
            groups[index].jobs.append(job)
        } else {
            groups.append(Group(text: text, jobs: [job]))
        }
    }
}
