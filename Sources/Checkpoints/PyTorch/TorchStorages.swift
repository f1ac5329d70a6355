import Diagnostics
import OrderedCollections

/// Where the storages of a file are.
protocol TorchStorages {
    /// Where the whole storage that a reference is about is in the file, in bytes.
    ///
    /// - Throws: `CheckpointError.malformed` if the file does not have it.
    func extent(of reference: TorchStorageReference) throws(CheckpointError) -> Range<Int>
}

/// Storages that are entries of a zip archive, `<root>/data/<key>`.
struct ZipStorages: TorchStorages {
    let archive: ZipArchive
    let root: String

    func extent(of reference: TorchStorageReference) throws(CheckpointError) -> Range<Int> {
        guard let entry = archive.entries["\(root)/data/\(reference.key)"] else {
            throw .malformed(
                path: archive.file.path, problem: "the archive has no storage \(reference.key.quoted())")
        }
        return try archive.extent(of: entry)
    }
}

/// Storages that follow the pickles of a file without zip, one after another, each after the number of its elements.
struct SequentialStorages: TorchStorages {
    private let path: String
    private var extents: [String: Range<Int>] = [:]

    /// Looks where each storage is.
    ///
    /// - Parameters:
    ///   - keys: Their keys in the order of the file.
    ///   - references: What the pickle says of each.
    ///   - file: The open file.
    ///   - offset: Where the first one starts.
    /// - Throws: `CheckpointError.truncated` if the file ends before the last one, `.malformed` if it contradicts the pickle.
    init(
        keys: [String], references: [TorchStorageReference], file: CheckpointFile, offset: Int
    ) throws(CheckpointError) {
        path = file.path
        // The first reference decides in what the length is counted.
        let first = Dictionary(references.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var place = offset
        for key in keys {
            guard let reference = first[key], extents[key] == nil else {
                throw .malformed(path: path, problem: "the storage \(key.quoted()) is listed without a use for it")
            }
            var length = LittleEndianBytes(try file.read(place..<place + 8))
            place += 8
            guard length.take(Int64.self) == Int64(reference.byteCount / reference.elementByteCount) else {
                throw .malformed(
                    path: path, problem: "the storage \(key.quoted()) has another length than the pickle says")
            }
            guard reference.byteCount <= file.byteCount - place else {
                let (end, overflow) = place.addingReportingOverflow(reference.byteCount)
                throw .truncated(path: path, expected: overflow ? .max : end, found: file.byteCount)
            }
            extents[key] = place..<place + reference.byteCount
            place += reference.byteCount
        }
    }

    func extent(of reference: TorchStorageReference) throws(CheckpointError) -> Range<Int> {
        guard let extent = extents[reference.key] else {
            throw .malformed(path: path, problem: "the file has no storage \(reference.key.quoted())")
        }
        return extent
    }
}
