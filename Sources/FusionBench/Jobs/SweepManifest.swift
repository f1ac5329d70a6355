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
        /// Its own in the sweep's directory, whatever is added to the sweep later.
        fileprivate(set) var number: Int
        let overrides: [String]
        /// The same for the same configuration and overrides, in whatever sweep.
        let identifier: String
        /// Where it writes, as seen from the sweep's directory.
        var directory: String
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
                identifier: Self.identifier(configName: configName, overrides: overrides),
                directory: String(number))
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
        var finished: [String: JSONValue] = [:]
        for job in stored["jobs"]?.array ?? [] {
            guard let identifier = job["id"]?.string, let status = job["status"]?.string.flatMap(Status.init),
                [.done, .skipped].contains(status)
            else { continue }
            finished[identifier] = job
        }
        for index in jobs.indices {
            guard let old = finished[jobs[index].identifier] else { continue }
            jobs[index].status = .skipped
            jobs[index].seconds = old["seconds"]?.double
            jobs[index].number = old["number"]?.int ?? jobs[index].number
            jobs[index].directory = old["directory"]?.string ?? String(jobs[index].number)
        }
        numberNewJobs()
        return jobs.count { $0.status == .skipped }
    }

    /// Gives the jobs that are to run the numbers that those before have left, so that none writes where another has.
    private mutating func numberNewJobs() {
        let taken = Set(jobs.filter { $0.status == .skipped }.map(\.number))
        var free = (0...).lazy.filter { !taken.contains($0) }.makeIterator()
        for index in jobs.indices where jobs[index].status != .skipped {
            guard let number = free.next() else { return }
            jobs[index].number = number
            jobs[index].directory = String(number)
        }
    }

    /// Changes the entry of a job, and writes the manifest.
    ///
    /// - Throws: `FileSystemError` if it cannot be written.
    mutating func update(_ index: Int, _ change: (inout Job) -> Void) throws {
        change(&jobs[index])
        try save()
    }

    /// Writes the manifest; a reader sees the old or the new one.
    func save() throws {
        let entries = jobs.map { job -> JSONValue in
            var entry: OrderedDictionary<String, JSONValue> = [
                "id": .string(job.identifier), "number": .integer(job.number),
                "overrides": .array(job.overrides.map(JSONValue.string)), "directory": .string(job.directory),
                "status": .string(job.status.rawValue),
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
