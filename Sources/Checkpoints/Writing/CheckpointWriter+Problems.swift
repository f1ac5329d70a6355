import Glibc
import OperatingSystem

extension CheckpointWriter {
    /// Everything that is known to be wrong before anything is written.
    ///
    /// The free room must suffice for all new files beside the old ones, which are there until the end.
    ///
    /// - Returns: Nothing if all seems well; a disk may still become full later.
    public func problems() -> [CheckpointError] {
        var problems = directoryProblems()
        problems += inputProblems().map { .output($0) }
        var byteCount = shards.reduce(0) { $0 + Self.blocks($1.byteCount) }
        for file in smallFiles {
            do throws(CheckpointError) {
                byteCount += Self.blocks(try file.byteCount())
            } catch {
                problems.append(error)
            }
        }
        if let available = FileSystem.availableByteCount(at: existingDirectory), available < byteCount {
            problems.append(.insufficientSpace(path: directory, needed: byteCount, available: available))
        }
        return problems
    }

    /// The bytes that a file takes on a disk with the usual blocks.
    private static func blocks(_ byteCount: Int) -> Int { (byteCount + 4095) / 4096 * 4096 }

    /// The directory, or the innermost one above it that exists.
    private var existingDirectory: String {
        var path = directory
        while !FileSystem.exists(path), path != "/" { path = FileSystem.directoryName(path) }
        return path
    }

    private func directoryProblems() -> [CheckpointError] {
        let path = existingDirectory
        guard FileSystem.isDirectory(path) else { return [.output(.notDirectory(path: path))] }
        guard access(path, W_OK | X_OK) == 0 else { return [.unwritable(path: path, code: errno)] }
        return (shards.map(\.path) + smallFiles.map(\.path)).filter(FileSystem.isDirectory).map {
            .output(.isDirectory(path: $0))
        }
    }

    /// Whatever would be replaced or removed, and is read, by any name.
    private func inputProblems() -> [OutputProblem] {
        var inputs: [FileIdentity: String] = [:]
        for input in output.inputs {
            if let identity = FileIdentity(input) { inputs[identity] = inputs[identity] ?? input }
        }
        if let identity = FileIdentity(directory), let input = inputs[identity] {
            return [.directoryIsInput(path: directory, input: input)]
        }
        let stale = staleNames.map { FileSystem.join(directory, $0) }
        return (shards.map(\.path) + smallFiles.map(\.path) + stale).compactMap { path in
            guard let identity = FileIdentity(path), let input = inputs[identity] else { return nil }
            return .fileIsInput(path: path, input: input)
        }
    }
}
