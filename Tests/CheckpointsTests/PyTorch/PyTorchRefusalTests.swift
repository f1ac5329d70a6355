import Checkpoints
import Glibc
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

/// Files that are refused, and what is said of them.
@Suite("Refused files of PyTorch")
struct PyTorchRefusalTests {
    private func message(_ name: String) throws -> String {
        let error = try #require(throws: CheckpointError.self) { try PyTorchFile(PyTorchFixtures.path(name)) }
        #expect(error.description.hasPrefix(PyTorchFixtures.path(name)))
        return String(error.description.dropFirst(PyTorchFixtures.path(name).count))
    }

    @Test(
        "Objects are refused by their names, all of them at once",
        arguments: [
            ("system.pt", ["posix.system"]),
            ("system_before.pt", ["posix.system"]),
            ("system_4.pt", ["posix.system"]),
            ("system_pickles.pt", ["posix.system"]),
            ("eval.pt", ["__builtin__.eval", "__builtin__.getattr"]),
            ("typed_tensor.pt", ["posix.system"]),
            ("numpy_array.pt", ["numpy._core.multiarray._reconstruct", "numpy.ndarray", "numpy.dtype"]),
            ("sparse.pt", ["torch._utils._rebuild_sparse_tensor", "torch.serialization._get_layout"]),
            ("quantized.pt", ["torch._utils._rebuild_qtensor", "torch.per_tensor_affine"]),
            ("module.pt", ["torch.nn.modules.linear.Linear"]),
            ("namespace.pt", ["argparse.Namespace"]),
        ])
    func objects(_ name: String, _ expected: [String]) throws {
        let path = PyTorchFixtures.path("refused_\(name)")
        let error = try #require(throws: CheckpointError.self) { try PyTorchFile(path) }
        guard case .refusedObjects(path, let objects) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(Set(expected).isSubset(of: objects.map(\.name)), "\(objects)")
        // The place is that of the instruction that names the object.
        let bytes = try FileSystem.read(path)
        for object in objects {
            #expect([0x63, 0x93].contains(bytes[object.offset]), "\(object)")
            #expect(error.description.contains("\(object.name) (at byte \(object.offset))"))
        }
        #expect(!FileSystem.isFile("fusion_bench-was-executed"))
        #expect(!FileSystem.isFile(PyTorchFixtures.directory + "/fusion_bench-was-executed"))
    }

    @Test(
        "What is wrong is said",
        arguments: [
            ("bad_big_endian.pt", "its byte order is 'big'"),
            ("bad_compressed.pt", "is compressed (method 8)"),
            ("bad_short_storage.pt", "the storage of 'a' should have 8 bytes, and has 7"),
            ("bad_missing_storage.pt", "the archive has no storage '1'"),
            ("bad_no_pickle.pt", "the archive has no 'data.pkl'"),
            ("bad_tar.pt", "this is a tar archive"),
            ("bad_script.pt", "this is a TorchScript program"),
            ("bad_only_tensor.pt", "holds no state dict, but a tensor, not a dict"),
            ("bad_only_list.pt", "holds no state dict, but a list, not a dict"),
            ("bad_only_empty.pt", "holds no state dict, but an empty dict"),
            ("bad_only_scalars.pt", "holds no state dict, but a dict of 'a' (int), 'b' (str)"),
            ("refused_types.pt", "'weight' (torch.complex128), 'bits' (conjugated or negated when read)"),
            ("expected.json", "this is no checkpoint of PyTorch"),
        ])
    func problems(_ name: String, _ problem: String) throws {
        let text = try message(name)
        #expect(text.contains(problem), "\(text)")
    }

    @Test("An empty file, a directory and nothing at all are told apart")
    func noFiles() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("empty.pt", "")
        #expect(
            throws: CheckpointError.malformed(
                path: scratch.path("empty.pt"),
                problem: "this is no checkpoint of PyTorch: neither a zip archive nor its older form")
        ) { try PyTorchFile(scratch.path("empty.pt")) }
        #expect(throws: CheckpointError.unreadable(path: scratch.path, code: EISDIR)) { try PyTorchFile(scratch.path) }
        #expect(throws: CheckpointError.unreadable(path: scratch.path("no.pt"), code: ENOENT)) {
            try PyTorchFile(scratch.path("no.pt"))
        }
    }

    @Test("A file cut off anywhere is refused", arguments: ["small.pt", "small_pickles.pt", "wide.pt"])
    func truncated(_ name: String) throws {
        let scratch = try ScratchDirectory()
        let bytes = try PyTorchFixtures.bytes(name)
        try scratch.write("cut.pt", bytes)
        var accepted: [Int] = []
        for count in (0..<bytes.count).reversed() {
            truncate(scratch.path("cut.pt"), count)
            do throws(CheckpointError) {
                _ = try PyTorchFile(scratch.path("cut.pt"))
                accepted.append(count)
            } catch {}
        }
        #expect(accepted.isEmpty)
    }

    @Test("The length that is missing is said")
    func missingLength() throws {
        let scratch = try ScratchDirectory()
        let bytes = try PyTorchFixtures.bytes("small_pickles.pt")
        try scratch.write("cut.pt", Array(bytes.dropLast()))
        #expect(
            throws: CheckpointError.truncated(
                path: scratch.path("cut.pt"), expected: bytes.count, found: bytes.count - 1)
        ) { try PyTorchFile(scratch.path("cut.pt")) }
    }

    @Test("A file that shrinks after it was opened is found out when it is read")
    func shrunk() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("shrinks.pt", try PyTorchFixtures.bytes("small_pickles.pt"))
        let file = try PyTorchFile(scratch.path("shrinks.pt"))
        let tensor = try #require(file.stateDict.tensors["b"])
        #expect(try tensor.readAll().count == 16)
        truncate(scratch.path("shrinks.pt"), 300)
        #expect(throws: CheckpointError.self) { try tensor.readAll() }
    }
}
