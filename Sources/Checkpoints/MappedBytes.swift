import Glibc
import OperatingSystem

/// Bytes of a file that stand in memory without a copy: all processes of a host that map them share what is read.
///
/// Whoever shortens the file meanwhile ends the process; it then says which kind of thing has happened.
public final class MappedBytes: @unchecked Sendable {
    /// The bytes; they may be read as long as this object lives.
    public let bytes: UnsafeRawBufferPointer
    private let region: UnsafeMutableRawBufferPointer

    init(_ descriptor: Int32, path: String, range: Range<Int>) throws(CheckpointError) {
        MappedFileFault.explain()
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        let start = range.lowerBound / pageSize * pageSize
        let count = range.upperBound - start
        guard count > 0, let address = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, start),
            address != MAP_FAILED
        else { throw .unreadable(path: path, code: count > 0 ? errno : EINVAL) }
        region = UnsafeMutableRawBufferPointer(start: address, count: count)
        bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(region)[(range.lowerBound - start)...])
    }

    deinit { munmap(region.baseAddress, region.count) }

    /// Lets the process's view of a part go: its memory no longer counts as used, and is mapped again when it is read.
    ///
    /// - Parameter part: Which of the bytes; pages at its ends that others use may stay.
    public func release(_ part: Range<Int>) {
        let pageSize = sysconf(Int32(_SC_PAGESIZE))
        guard let base = region.baseAddress, let first = bytes.baseAddress else { return }
        let offset = first - UnsafeRawPointer(base)
        let start = (offset + part.lowerBound + pageSize - 1) / pageSize * pageSize
        let end = (offset + part.upperBound) / pageSize * pageSize
        if end > start { madvise(base + start, end - start, MADV_DONTNEED) }
    }
}

extension CheckpointFile {
    /// Maps a range of the file.
    ///
    /// - Throws: `CheckpointError.truncated` if the file has become shorter, `.unreadable` with the system's reason.
    public func map(_ range: Range<Int>) throws(CheckpointError) -> MappedBytes {
        let found = try currentByteCount()
        guard range.upperBound <= found else {
            throw .truncated(path: path, expected: range.upperBound, found: found)
        }
        return try MappedBytes(descriptor, path: path, range: range)
    }
}

extension LazyTensor {
    /// The elements in memory without a copy, if they lie in one piece in a file; otherwise nil.
    ///
    /// - Throws: `CheckpointError` if the file cannot be mapped.
    public func mapped() throws(CheckpointError) -> MappedBytes? {
        guard let extent = source as? FileExtent, byteCount > 0 else { return nil }
        return try extent.file.map(extent.offset..<extent.offset + byteCount)
    }
}
