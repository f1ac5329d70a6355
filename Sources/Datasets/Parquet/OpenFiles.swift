import Checkpoints
import Synchronization

/// Opens files, and keeps the last ones open: a data set may have more files than a process may have open.
final class OpenFiles: Sendable {
    private let limit: Int
    /// The one that was used last at the end.
    private let files = Mutex<[CheckpointFile]>([])

    /// Keeps so many files open.
    init(limit: Int = 32) {
        self.limit = limit
    }

    /// A file, open for reading.
    ///
    /// - Throws: `ParquetProblem.file` if it cannot be opened.
    func open(_ path: String) throws(ParquetProblem) -> CheckpointFile {
        let known = files.withLock { files -> CheckpointFile? in
            guard let index = files.lastIndex(where: { $0.path == path }) else { return nil }
            let file = files.remove(at: index)
            files.append(file)
            return file
        }
        if let known { return known }
        let file: CheckpointFile
        do throws(CheckpointError) { file = try CheckpointFile(path) } catch { throw .file(error) }
        files.withLock { files in
            if files.count >= limit { files.removeFirst(files.count - limit + 1) }
            files.append(file)
        }
        return file
    }
}

extension CheckpointFile {
    /// The bytes of a range that lies in the file, in memory that is not cleared first.
    ///
    /// - Throws: `ParquetProblem.file` if it cannot be read.
    func bytes(_ range: Range<Int>) throws(ParquetProblem) -> [UInt8] {
        guard range.upperBound <= byteCount else {
            throw .file(.truncated(path: path, expected: range.upperBound, found: byteCount))
        }
        var failure: CheckpointError?
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            let part = UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<range.count]))
            do throws(CheckpointError) { try read(at: range.lowerBound, into: part) } catch { failure = error }
            count = failure == nil ? range.count : 0
        }
        if let failure { throw .file(failure) }
        return bytes
    }
}
