import Diagnostics
import Glibc
import OperatingSystem
import OrderedCollections
import Synchronization

/// Writes a model's directory, of which a reader sees the old state or the new one, as far as the file system allows.
///
/// All files are first made under temporary names, with their room reserved, and renamed together at the end: weights,
/// then the small files, the index of several shards last. What an earlier model left there, and would be read instead of
/// the new one, is removed after that. A process that is killed in between leaves the weights of one model or the other,
/// never of both; see `SetAsideShards`.
///
/// ```swift
/// let writer = try CheckpointWriter(output)
/// writer.temporaryPaths.forEach(fabric.holdTemporaryFile)
/// try writer.create()
/// try writer.write(bytes, to: "weight", at: 0)
/// let report = try writer.finish(flushing: true)
/// ```
public final class CheckpointWriter: Sendable {
    /// What a finished writer did to the directory.
    public struct Report: Sendable, Equatable {
        /// The directory.
        public let directory: String
        /// The names of the files with the weights.
        public let weights: [String]
        /// The names of the small files.
        public let smallFiles: [String]
        /// The names of files of an earlier model that were removed.
        public let removed: [String]
        /// The bytes of the files with the weights.
        public let byteCount: Int
    }

    private enum Phase { case planned, writing, finished, abandoned }

    /// The absolute path of the directory.
    public let directory: String
    let output: CheckpointOutput
    let shards: [SafetensorsWriter]
    let smallFiles: [StagedFile]
    private let shardOfTensor: [String: Int]
    private let phase = Mutex(Phase.planned)
    /// Directories that were made for the output, the innermost last.
    private let madeDirectories = Mutex<[String]>([])

    /// Plans a directory; nothing is written yet.
    ///
    /// - Throws: `CheckpointError` if the format has no room for the tensors.
    public init(_ output: CheckpointOutput) throws(CheckpointError) {
        self.output = output
        directory = FileSystem.absolute(output.directory)
        let plan = ShardPlan(output.tensors, limit: output.shardSize)
        var metadata: OrderedDictionary = ["format": "pt"]
        metadata.merge(output.metadata) { format, _ in format }
        var shards: [SafetensorsWriter] = []
        var shardOfTensor: [String: Int] = [:]
        for (number, shard) in plan.shards.enumerated() {
            let path = FileSystem.join(directory, shard.name)
            shards.append(try SafetensorsWriter(path: path, tensors: shard.tensors, metadata: metadata))
            for tensor in shard.tensors where shardOfTensor.updateValue(number, forKey: tensor.name) != nil {
                throw .invalidSafetensors(path: directory, .duplicateTensor(tensor.name))
            }
        }
        self.shards = shards
        self.shardOfTensor = shardOfTensor
        smallFiles = output.smallFiles(of: plan).map { [directory] in StagedFile($0, in: directory) }
    }

    /// The absolute paths of all files until they are whole, for whoever removes what a killed process leaves.
    public var temporaryPaths: [String] { shards.map(\.temporaryPath) + smallFiles.map(\.temporaryPath) }

    /// The bytes of the files with the weights.
    public var byteCount: Int { shards.reduce(0) { $0 + $1.byteCount } }

    /// Creates all files under temporary names, reserves their room, and writes the small ones.
    ///
    /// - Throws: `CheckpointError` with everything that `problems` finds, or what nobody could know before; nothing is then
    ///   left of it.
    public func create() throws(CheckpointError) {
        try CheckpointError.throwIfAny(problems())
        phase.withLock { phase in
            precondition(phase == .planned, "A checkpoint is created once")
            phase = .writing
        }
        do throws(CheckpointError) {
            try makeDirectories()
            for shard in shards { try shard.create() }
            for file in smallFiles { try file.stage() }
        } catch {
            abandon()
            throw error
        }
    }

    /// Makes the directory and those in it, and notes which ones were not there.
    private func makeDirectories() throws(CheckpointError) {
        for path in OrderedSet([directory] + smallFiles.map { FileSystem.directoryName($0.path) }) {
            var missing: [String] = []
            var next = path
            while !FileSystem.isDirectory(next), next != "/" {
                missing.append(next)
                next = FileSystem.directoryName(next)
            }
            madeDirectories.withLock { $0 += missing.reversed() }
            do throws(FileSystemError) {
                try FileSystem.makeDirectory(path)
            } catch {
                throw .unwritable(path: error.path, code: error.code)
            }
        }
    }

    /// Writes some elements of a tensor; several threads may do so at once.
    ///
    /// - Parameters:
    ///   - bytes: The elements as the file has them: in row-major order, little endian, without gaps.
    ///   - name: A tensor of the output.
    ///   - element: The first of the elements, counted in row-major order.
    /// - Throws: `CheckpointError` if they cannot be written, or the checkpoint was abandoned.
    public func write(_ bytes: UnsafeRawBufferPointer, to name: String, at element: Int) throws(CheckpointError) {
        guard let shard = shardOfTensor[name] else {
            let nearest = NearestNames.of(name, among: output.tensors.map(\.name))
            throw .missingTensor(path: directory, name: name, nearest: nearest)
        }
        try shards[shard].write(bytes, to: name, at: element)
    }

    /// Gives all files their names, now that they are whole, and removes what an earlier model left.
    ///
    /// - Parameter flushing: Whether to wait until everything is on the disk, so that it survives a loss of power.
    /// - Returns: What was done.
    /// - Throws: `CheckpointError`; if it is thrown before the first file has its name, the directory is as it was.
    public func finish(flushing: Bool) throws(CheckpointError) -> Report {
        guard phase.withLock({ $0 == .writing }) else { throw .abandoned(path: directory) }
        do throws(CheckpointError) {
            for shard in shards { try shard.seal(flushing: flushing) }
            if flushing {
                for file in smallFiles { try flush(file.temporaryPath) }
            }
            try SetAsideShards(in: directory, replacedBy: output.weightNames(shards))?.setAside()
            if flushing { try flush(directory) }
            for shard in shards { try shard.publish() }
            for file in smallFiles { try file.publish() }
        } catch {
            abandon()
            throw error
        }
        phase.withLock { $0 = .finished }
        // Only when the new names are safe, the old files may go.
        if flushing { try flushDirectories() }
        let stale = staleNames
        for name in stale where unlink(FileSystem.join(directory, name)) != 0 && errno != ENOENT {
            throw .unwritable(path: FileSystem.join(directory, name), code: errno)
        }
        if flushing, !stale.isEmpty { try flush(directory) }
        return Report(
            directory: directory, weights: output.weightNames(shards), smallFiles: smallFiles.map(\.name),
            removed: stale.filter { !SetAsideShards.isName($0) }, byteCount: byteCount)
    }

    private func flushDirectories() throws(CheckpointError) {
        for path in OrderedSet([directory] + smallFiles.map { FileSystem.directoryName($0.path) }) { try flush(path) }
    }

    private func flush(_ path: String) throws(CheckpointError) {
        do throws(FileSystemError) { try FileSystem.flush(path) } catch {
            throw .unwritable(path: error.path, code: error.code)
        }
    }

    /// Files in the directory that Transformers would read instead of the new ones, or that belong to nothing any more.
    var staleNames: [String] {
        let weights = Set(output.weightNames(shards))
        let index = shards.count > 1 ? [] : [WeightFileName.safetensorsIndex]
        // The index first: what it names must not be missing.
        let names =
            index.filter { FileSystem.isFile(FileSystem.join(directory, $0)) }
            + FileSystem.names(in: directory)
            .filter { WeightFileName.isShard($0) || $0 == WeightFileName.safetensors || SetAsideShards.isName($0) }
        return names.filter { !weights.contains($0) }
    }

    /// Removes everything that has no final name yet; threads that still write are told so by an error.
    public func abandon() {
        let isWriting = phase.withLock { phase in
            defer { if phase != .finished { phase = .abandoned } }
            return phase == .writing
        }
        guard isWriting else { return }
        for shard in shards { shard.abandon() }
        for file in smallFiles { file.discard() }
        // Those that hold something by now stay.
        for path in madeDirectories.withLock({ $0.reversed() }) { rmdir(path) }
    }

    deinit { abandon() }
}

extension CheckpointOutput {
    fileprivate func weightNames(_ shards: [SafetensorsWriter]) -> [String] {
        shards.indices.map { WeightFileName.shard($0 + 1, of: shards.count) }
    }
}
