import OperatingSystem
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Files of one tensor")
struct TensorFileTests {
    private static let values = (0..<6).map { Float($0) / 4 - 0.5 }

    @Test("What is written as torch.save does is read again", arguments: [Shape([2, 3]), [6], [1, 2, 3]])
    func torch(_ shape: Shape) throws {
        let directory = try ScratchDirectory()
        let path = directory.path("weights.pt")
        try FileSystem.write(PyTorchTensorWriter.file(Self.values, shape: shape, name: "weights"), to: path)
        let tensor = try TensorFile.read(path)
        #expect(tensor.shape == shape && tensor.array(of: Float.self) == Self.values)
    }

    /// Zip's own example: the checksum of "123456789".
    @Test("The checksum of archives is the standard one")
    func checksum() { #expect(CRC32.checksum(Array("123456789".utf8)) == 0xCBF4_3926) }

    private static func array(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
        let length = UInt16(header.utf8.count)
        return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
            + (version == 1 ? [] : [0, 0]) + Array(header.utf8) + data
    }

    @Test("Arrays of NumPy", arguments: [UInt8(1), 2])
    func numPy(_ version: UInt8) throws {
        let directory = try ScratchDirectory()
        let path = directory.path("weights.npy")
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n"
        let data = Self.values.withUnsafeBytes { Array($0) }
        try FileSystem.write(Self.array(header, data, version: version), to: path)
        let tensor = try TensorFile.read(path)
        #expect(tensor.shape == [2, 3] && tensor.array(of: Float.self) == Self.values)
    }

    @Test(
        "What is no array is told",
        arguments: [
            ("{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }", "its type is '>f4'"),
            ("{'descr': '<f4', 'fortran_order': True, 'shape': (6,), }", "not row by row"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", "bytes"),
            ("{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }", "its shape cannot be read"),
            (
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
                "its shape cannot be read"
            ),
        ])
    func refused(_ header: String, _ problem: String) throws {
        let directory = try ScratchDirectory()
        let path = directory.path("weights.npy")
        try FileSystem.write(Self.array(header, Self.values.withUnsafeBytes { Array($0) }), to: path)
        let error = #expect(throws: CheckpointError.self) { try TensorFile.read(path) }
        let text = try #require(error).description
        #expect(text.contains(path) && text.contains(problem), "\(text)")
    }

    @Test("Damaged files end in errors, whatever bytes are wrong")
    func fuzz() throws {
        let directory = try ScratchDirectory()
        var random = SplitMix64(seed: 3)
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        let originals = [
            ("npy", Self.array(header, Self.values.withUnsafeBytes { Array($0) })),
            ("pt", PyTorchTensorWriter.file(Self.values, shape: [2, 3], name: "weights")),
        ]
        for (ending, original) in originals {
            for _ in 0..<500 {
                var bytes = original
                for _ in 0..<Int(random.next() % 4 + 1) {
                    bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                }
                if random.next() % 4 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
                let path = directory.path("weights." + ending)
                try FileSystem.writeDirectly(bytes, to: path)
                if let tensor = try? TensorFile.read(path) { #expect(tensor.elementCount <= 6) }
            }
        }
    }
}
