import Checkpoints
import Glibc
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Files as PyTorch writes them, against what PyTorch says is in them.
@Suite("Files of PyTorch")
struct PyTorchFileTests {
    @Test("Every fixture has expectations")
    func expectations() {
        #expect(PyTorchFixtures.expectations.count == 32)
        #expect(PyTorchFixtures.expectations.flatMap(\.tensors).count > 150)
    }

    @Test("Names, types, shapes and all elements are those of PyTorch", arguments: PyTorchFixtures.expectations)
    func reads(_ expected: PyTorchFixtures.Expectation) throws {
        let file = try PyTorchFile(PyTorchFixtures.path(expected.name))
        #expect(file.form == expected.form)
        #expect(file.key == expected.key)
        #expect(file.skipped.map { [$0.name, $0.type] } == expected.skipped)
        #expect(Array(file.stateDict.tensors.keys) == expected.tensors.map(\.name))
        for (tensor, expectation) in zip(file.stateDict.tensors.values, expected.tensors) {
            #expect(tensor.dtype == expectation.dtype, "\(expectation.name)")
            #expect(tensor.shape.dimensions == expectation.shape, "\(expectation.name)")
            #expect(try tensor.readAll() == expectation.bytes, "\(expectation.name)")
        }
    }

    @Test("Every range of elements is read alone", arguments: ["views.pt", "views_pickles.pt", "dtypes.pt"])
    func readsRanges(_ name: String) throws {
        let expected = try #require(PyTorchFixtures.expectations.first { $0.name == name })
        let file = try PyTorchFile(PyTorchFixtures.path(name))
        for (tensor, expectation) in zip(file.stateDict.tensors.values, expected.tensors) {
            let width = try #require(tensor.dtype.byteCount)
            var wrong: [Range<Int>] = []
            for first in 0...tensor.elementCount {
                for end in first...tensor.elementCount {
                    var bytes = [UInt8](repeating: 0, count: (end - first) * width)
                    try bytes.withUnsafeMutableBytes { try tensor.read(first..<end, into: $0) }
                    if !bytes.elementsEqual(expectation.bytes[first * width..<end * width]) {
                        wrong.append(first..<end)
                    }
                }
            }
            #expect(wrong.isEmpty, "\(expectation.name)")
        }
    }

    @Test("Tied tensors come from the same place")
    func tiedTensors() throws {
        let tensors = try PyTorchFile(PyTorchFixtures.path("shared.pt")).stateDict.tensors
        let embedding = try #require(tensors["embedding"]?.source as? FileExtent)
        let head = try #require(tensors["head"]?.source as? FileExtent)
        #expect(embedding.offset == head.offset)
        #expect(embedding.file === head.file)
        #expect(tensors["head transposed"]?.source is StridedExtent)
    }

    @Test("The prefix of DataParallel goes when that is asked for")
    func dataParallelPrefix() throws {
        let path = PyTorchFixtures.path("parallel.pt")
        #expect(try Array(PyTorchFile(path).stateDict.tensors.keys) == ["module.a", "module.b", "c"])
        let file = try PyTorchFile(path, removesDataParallelPrefix: true)
        #expect(Array(file.stateDict.tensors.keys) == ["a", "b", "c"])
    }

    @Test("The number of bytes is that of all tensors")
    func byteCount() throws {
        #expect(try PyTorchFile(PyTorchFixtures.path("small.pt")).stateDict.byteCount == 2 * 4 + 2 * 8)
    }
}
