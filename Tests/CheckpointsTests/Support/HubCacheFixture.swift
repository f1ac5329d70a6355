import Checkpoints
import Glibc
import TestSupport

/// A cache as `huggingface_hub` makes it, in a directory of its own.
final class HubCacheFixture: Sendable {
    let directory: ScratchDirectory
    let cache: HubCache

    init() throws {
        directory = try ScratchDirectory()
        cache = HubCache(directory: directory.path("hub"))
    }

    /// Adds a model at a commit, whose files are links into its `blobs`.
    func add(_ name: String, commit: String, references: [String] = ["main"], files: [String: [UInt8]]) throws {
        let folder = "hub/models--" + name.replacing("/", with: "--")
        for reference in references { try directory.write("\(folder)/refs/\(reference)", commit) }
        for (file, bytes) in files {
            let blob = "\(commit)-\(file.replacing("/", with: "-"))"
            try directory.write("\(folder)/blobs/\(blob)", bytes)
            let path = "\(folder)/snapshots/\(commit)/\(file)"
            // Makes the directories above.
            try directory.write(path, [])
            let up = String(repeating: "../", count: 2 + file.split(separator: "/").count - 1)
            guard unlink(directory.path(path)) == 0, symlink("\(up)blobs/\(blob)", directory.path(path)) == 0 else {
                throw PropertyFailure("no link could be made")
            }
        }
    }

    /// The folder of a model at a commit.
    func snapshot(_ name: String, _ commit: String) -> String { cache.repository(of: name) + "/snapshots/" + commit }
}
