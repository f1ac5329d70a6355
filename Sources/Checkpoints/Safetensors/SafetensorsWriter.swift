import Diagnostics
import Glibc
import OperatingSystem
public import OrderedCollections
import Synchronization
import Tensors

/// Writes a safetensors file whose tensors are computed bit by bit, in any order, by several threads.
///
/// The file has a temporary name until it is whole, so that a reader sees the old file or the new one, and nothing
/// between. Its size is known before the first element is, so that a full disk is found out when it is created.
///
/// ```swift
/// let writer = try SafetensorsWriter(path: path, tensors: descriptions, metadata: ["format": "pt"])
/// fabric.holdTemporaryFile(writer.temporaryPath)
/// try writer.create()
/// try writer.write(bytes, to: "weight", at: 0)
/// try writer.finish(flushing: true)
/// ```
public final class SafetensorsWriter: Sendable {
    /// The absolute path that the file will have.
    public let path: String
    /// The absolute path that it has until then.
    public let temporaryPath: String
    /// Which tensors there will be, and where.
    public let header: SafetensorsHeader
    private let encodedHeader: [UInt8]
    private let file = Mutex(WrittenFile())

    /// Plans a file; nothing is written yet.
    ///
    /// - Parameters:
    ///   - path: Where the file will be.
    ///   - tensors: What it will hold, in any order.
    ///   - metadata: Texts to be carried beside the tensors; nil to leave no place for any.
    /// - Throws: `CheckpointError` if the format has no room for them.
    public init(
        path: String, tensors: some Sequence<TensorDescription>, metadata: OrderedDictionary<String, String>?
    ) throws(CheckpointError) {
        self.path = FileSystem.absolute(path)
        temporaryPath = FileSystem.temporaryPath(for: self.path)
        do throws(SafetensorsProblem) {
            header = try SafetensorsHeader(layingOut: tensors, metadata: metadata)
            encodedHeader = try header.encoded()
        } catch {
            throw .invalidSafetensors(path: path, error)
        }
    }

    /// The length of the file.
    public var byteCount: Int { encodedHeader.count + header.dataByteCount }

    /// Creates the file under its temporary name, and reserves its room.
    ///
    /// - Throws: `CheckpointError`, in particular `insufficientSpace`; the temporary file is then gone again.
    public func create() throws(CheckpointError) {
        try file.withLock { file throws(CheckpointError) in
            precondition(file.phase == .planned, "A file is created once")
            // What a killed process with this number left may be there.
            unlink(temporaryPath)
            file.descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard file.descriptor >= 0 else { throw .unwritable(path: path, code: errno) }
            file.phase = .writing
            do throws(CheckpointError) {
                try reserve(file.descriptor)
                let code = encodedHeader.withUnsafeBytes { Self.write($0, at: 0, to: file.descriptor) }
                if code != 0 { throw .unwritable(path: path, code: code) }
            } catch {
                file.abandon(temporaryPath)
                throw error
            }
        }
    }

    private func reserve(_ descriptor: Int32) throws(CheckpointError) {
        let available = FileSystem.availableByteCount(at: temporaryPath) ?? 0
        do throws(FileSystemError) {
            try FileSystem.reserve(byteCount, for: descriptor, path: temporaryPath)
        } catch {
            guard error.code == ENOSPC || error.code == EDQUOT else { throw .unwritable(path: path, code: error.code) }
            throw .insufficientSpace(path: path, needed: byteCount, available: available)
        }
    }

    /// Writes some elements of a tensor; several threads may do so at once.
    ///
    /// - Parameters:
    ///   - bytes: The elements as the file has them: in row-major order, little endian, without gaps.
    ///   - name: A tensor of the plan.
    ///   - element: The first of the elements, counted in row-major order.
    /// - Throws: `CheckpointError` if they cannot be written, or the file was abandoned.
    public func write(_ bytes: UnsafeRawBufferPointer, to name: String, at element: Int) throws(CheckpointError) {
        guard let entry = header.tensors[name] else {
            throw .missingTensor(path: path, name: name, nearest: NearestNames.of(name, among: header.tensors.keys))
        }
        guard let start = entry.dtype.byteCount(elements: element), start + bytes.count <= entry.range.count else {
            preconditionFailure("Elements are written from a whole byte on, and within their tensor")
        }
        let begin = entry.range.lowerBound + start
        let descriptor = try file.withLock { file throws(CheckpointError) in
            guard file.phase == .writing else { throw .abandoned(path: path) }
            file.writerCount += 1
            return file.descriptor
        }
        let code = Self.write(bytes, at: encodedHeader.count + begin, to: descriptor)
        file.withLock { file in
            if code == 0 { file.written.insert(begin..<begin + bytes.count) }
            file.writerCount -= 1
            file.closeIfAbandoned()
        }
        if code != 0 { throw .unwritable(path: path, code: code) }
    }

    /// Writes bytes wherever they belong.
    ///
    /// - Returns: The system's error code; 0 if all were written.
    private static func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, to descriptor: Int32) -> Int32 {
        var done = 0
        while done < bytes.count {
            let count = pwrite(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }

    /// Closes the file, which is whole now, and gives it its name.
    ///
    /// - Parameter flushing: Whether to wait until the file is on the disk, so that it survives a loss of power.
    /// - Throws: `CheckpointError`; the old file is then still there.
    public func finish(flushing: Bool) throws(CheckpointError) {
        try seal(flushing: flushing)
        try publish()
        guard flushing else { return }
        do throws(FileSystemError) {
            try FileSystem.flush(FileSystem.directoryName(path))
        } catch {
            throw .unwritable(path: path, code: error.code)
        }
    }

    /// Closes the file, which is whole now, and leaves it under its temporary name.
    ///
    /// - Parameter flushing: Whether to wait until the file is on the disk.
    /// - Throws: `CheckpointError`, in particular `incomplete`; the temporary file is then gone.
    public func seal(flushing: Bool) throws(CheckpointError) {
        try file.withLock { file throws(CheckpointError) in
            guard file.phase == .writing else { throw .abandoned(path: path) }
            precondition(file.writerCount == 0, "A file is closed after all of its elements were written")
            let missing = header.tensors.filter { !file.written.contains($0.value.range) }.keys
            guard missing.isEmpty else {
                file.abandon(temporaryPath)
                throw .incomplete(path: path, tensors: Array(missing))
            }
            var code: Int32 = 0
            if flushing, fsync(file.descriptor) != 0 { code = errno }
            // Over a network, a full disk may only be known now.
            if close(file.descriptor) != 0, code == 0 { code = errno }
            file.descriptor = -1
            file.phase = .sealed
            if code != 0 {
                file.abandon(temporaryPath)
                throw .unwritable(path: path, code: code)
            }
        }
    }

    /// Gives a file that is closed its name.
    ///
    /// - Throws: `CheckpointError`; the old file is then still there.
    public func publish() throws(CheckpointError) {
        try file.withLock { file throws(CheckpointError) in
            guard file.phase == .sealed else { throw .abandoned(path: path) }
            guard rename(temporaryPath, path) == 0 else { throw .unwritable(path: path, code: errno) }
            file.phase = .published
        }
    }

    /// Removes the temporary file, unless it has its name already; threads that still write are told so by an error.
    public func abandon() {
        file.withLock { $0.abandon(temporaryPath) }
    }

    deinit { abandon() }
}

/// What is known of a file while it is written.
private struct WrittenFile {
    enum Phase { case planned, writing, sealed, published, abandoned }

    var phase = Phase.planned
    var descriptor: Int32 = -1
    /// The threads that write at this moment.
    var writerCount = 0
    /// What has been written, in bytes from where the data begin.
    var written = RangeUnion()

    mutating func abandon(_ temporaryPath: String) {
        guard phase == .writing || phase == .sealed else { return }
        phase = .abandoned
        unlink(temporaryPath)
        closeIfAbandoned()
    }

    /// The number of a closed file may soon be that of another one, so nobody may be writing to it.
    mutating func closeIfAbandoned() {
        guard phase == .abandoned, writerCount == 0, descriptor >= 0 else { return }
        close(descriptor)
        descriptor = -1
    }
}
