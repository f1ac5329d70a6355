import Diagnostics
import OrderedCollections

/// What a file of PyTorch holds, with no tensor read yet.
struct TorchContents {
    let file: CheckpointFile
    let form: PyTorchFile.Form
    let storages: any TorchStorages
    /// The object that was saved.
    let root: PickleValue
    /// The tables that it leads to.
    let objects: Unpickler

    /// Reads a file of either form.
    ///
    /// - Throws: `CheckpointError` if it is neither, damaged, or holds objects that are refused.
    init(_ file: CheckpointFile) throws(CheckpointError) {
        if try ZipArchive.starts(file) {
            try self.init(archive: try ZipArchive(file))
        } else if try Self.isTarArchive(file) {
            throw .malformed(
                path: file.path,
                problem:
                    "this is a tar archive, as PyTorch before 0.1.10 wrote them; load and save it with a newer PyTorch")
        } else {
            try self.init(pickles: file)
        }
    }

    /// Tar archives have this word in the header of their first file.
    private static func isTarArchive(_ file: CheckpointFile) throws(CheckpointError) -> Bool {
        file.byteCount >= 512 ? try file.read(257..<262) == Array("ustar".utf8) : false
    }
}

// MARK: - The zip form, since PyTorch 1.6

extension TorchContents {
    private init(archive: ZipArchive) throws(CheckpointError) {
        let path = archive.file.path
        let suffix = "/data.pkl"
        let roots = archive.entries.keys.filter { $0.hasSuffix(suffix) && $0.utf8.count { $0 == 0x2F } == 1 }
            .map { String($0.dropLast(suffix.count)) }
        guard let root = roots.first, roots.count == 1 else {
            let problem = roots.isEmpty ? "no 'data.pkl'" : "more than one 'data.pkl'"
            throw .malformed(path: path, problem: "the archive has \(problem); it is no checkpoint of PyTorch")
        }
        if archive.entries["\(root)/constants.pkl"] != nil {
            throw .malformed(path: path, problem: "this is a TorchScript program, not a checkpoint of tensors alone")
        }
        if let entry = archive.entries["\(root)/byteorder"] {
            let extent = try archive.extent(of: entry)
            let order = String(decoding: try archive.file.read(extent.prefix(16)), as: UTF8.self)
            guard order == "little" else {
                throw .malformed(
                    path: path,
                    problem: "its byte order is \(order.quoted()); only 'little' can be read")
            }
        }
        guard let entry = archive.entries[root + suffix] else { preconditionFailure("The root comes from this entry") }
        let extent = try archive.extent(of: entry)
        guard extent.count <= UnpicklerLimits.pickleByteCount else {
            throw .malformed(path: path, problem: "'data.pkl' is longer than \(UnpicklerLimits.pickleByteCount) bytes")
        }
        var unpickler = Unpickler(PickleReader(archive.file, extent))
        self.root = try unpickler.load()
        file = archive.file
        form = .zip
        storages = ZipStorages(archive: archive, root: root)
        objects = unpickler
    }
}

// MARK: - The older form: pickles, then storages

extension TorchContents {
    /// What the first pickle holds.
    private static let magicNumber: Int128 = 0x1950_A86A_20F9_469C_FC6C
    private static let protocolVersion = 1001

    private init(pickles file: CheckpointFile) throws(CheckpointError) {
        let unknown = CheckpointError.malformed(
            path: file.path, problem: "this is no checkpoint of PyTorch: neither a zip archive nor its older form")
        var reader = PickleReader(file, 0..<min(file.byteCount, UnpicklerLimits.pickleByteCount))
        /// Each pickle has a memo of its own, so that it needs an unpickler of its own.
        func load() throws(CheckpointError) -> (value: PickleValue, objects: Unpickler) {
            var unpickler = Unpickler(reader)
            let value = try unpickler.load()
            reader = unpickler.reader
            return (value, unpickler)
        }
        do throws(CheckpointError) {
            guard case .integer(Self.magicNumber) = try load().value else { throw unknown }
        } catch {
            if case .malformed = error { throw unknown }
            throw error
        }
        guard let version = try load().value.int, version == Self.protocolVersion else {
            throw .malformed(
                path: file.path, problem: "it was not written in the version \(Self.protocolVersion) of its form")
        }
        // Sizes of types in C and the byte order of the machine; storages are written in little-endian order on all of them.
        _ = try load()
        let saved = try load()
        let (list, lists) = try load()
        let keys = try lists.items(of: list, .list).compactMap(\.string)
        self.file = file
        form = .pickles
        root = saved.value
        objects = saved.objects
        storages = try SequentialStorages(
            keys: keys, references: saved.objects.storages, file: file, offset: reader.offset)
    }
}
