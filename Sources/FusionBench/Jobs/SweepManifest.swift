import Configuration
import JSON
import OperatingSystem
import OrderedCollections
import Tensors

/// The list of a sweep's jobs and how each of them went, kept as `manifest.json` in the sweep's directory.
struct SweepManifest {
    enum Status: String {
        case pending
        case running
        case done
        case failed
        /// Done in an earlier run of the sweep.
        case skipped
    }

    struct Job {
        let number: Int
        let overrides: [String]
        /// The same for the same configuration and overrides, in whatever sweep.
        let identifier: String
        var status = Status.pending
        var seconds: Double?
        var problem: String?
    }

    let configName: String
    private(set) var jobs: [Job]
    private let path: String

    static let fileName = "manifest.json"

    init(configName: String, jobs: [[String]], directory: String) {
        self.configName = configName
        self.jobs = jobs.enumerated().map { number, overrides in
            Job(
                number: number, overrides: overrides,
                identifier: Self.identifier(configName: configName, overrides: overrides))
        }
        path = FileSystem.join(directory, Self.fileName)
    }

    /// A hash (FNV-1a, 64 bits) of what makes a job: the configuration's name and the overrides, in whatever order.
    static func identifier(configName: String, overrides: [String]) -> String {
        var hash = StableHash()
        for text in [configName] + overrides.sorted() {
            hash.combine(text)
            hash.combine(UInt8(0))
        }
        return hash.text
    }

    /// Marks the jobs that an earlier run of the sweep has finished.
    ///
    /// - Returns: The number of them; nil if there is no manifest to go by.
    /// - Throws: An error if the manifest is damaged.
    mutating func skipFinished() throws -> Int? {
        guard FileSystem.isFile(path) else { return nil }
        let stored: JSONValue
        do {
            stored = try JSONValue(parsing: FileSystem.read(path))
        } catch let error as JSONError {
            throw SweepError.damagedManifest(path: path, problem: error.description)
        }
        let finished = Set(
            (stored["jobs"]?.array ?? []).filter {
                [Status.done.rawValue, Status.skipped.rawValue].contains($0["status"]?.string)
            }.compactMap { $0["id"]?.string })
        for index in jobs.indices where finished.contains(jobs[index].identifier) { jobs[index].status = .skipped }
        return jobs.count { $0.status == .skipped }
    }

    mutating func update(_ number: Int, _ change: (inout Job) -> Void) throws {
        change(&jobs[number])
        try save()
    }

    /// Writes the manifest; a reader sees the old or the new one.
    func save() throws {
        let entries = jobs.map { job -> JSONValue in
            var entry: OrderedDictionary<String, JSONValue> = [
                "id": .string(job.identifier), "number": .integer(job.number),
                "overrides": .array(job.overrides.map(JSONValue.string)), "status": .string(job.status.rawValue),
            ]
            if let seconds = job.seconds { entry["seconds"] = .number(seconds) }
            if let problem = job.problem { entry["error"] = .string(problem) }
            return .object(entry)
        }
        let manifest: JSONValue = ["config_name": .string(configName), "jobs": .array(entries)]
        try FileSystem.write(manifest.text(indent: 2) + "\n", to: path)
    }
}

/// What can be wrong with a sweep as a whole.
enum SweepError: Error, CustomStringConvertible {
    case damagedManifest(path: String, problem: String)
    case jobsFailed(Int, of: Int)

    var description: String {
        switch self {
        case .damagedManifest(let path, let problem):
            "The manifest '\(path)' cannot be read: \(problem). Remove it to start the sweep anew."
        case .jobsFailed(let count, let all): "\(count) of \(all) jobs failed"
        }
    }
}
