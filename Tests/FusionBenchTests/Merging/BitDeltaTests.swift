import Checkpoints
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("BitDelta")
struct BitDeltaTests {
    private static let models = MergingFixtures.pool("llama_wide", "base", "a")

    private func item() throws -> MergingCase { try #require(MergingFixtures.cases("bitdelta").first) }

    @Test("The model is the reference's without training")
    func parity() throws { try MergingParity.check(try item()) }

    @Test("The compressed task vector holds the reference's signs and scales, and gives the model")
    func compressedFile() throws {
        let directory = try ScratchDirectory()
        let results = try MergingRun.fuse(try item().method, Self.models, directory: directory)
        let merged = try #require(results["merged"])
        #expect(directory.files == [BitDelta.fileName])
        let file = try SafetensorsFile(directory.path(BitDelta.fileName)).stateDict.tensors
        let base = try SafetensorsFile(Self.models[0].path + "/model.safetensors").stateDict.tensors
        let signs = try item().expectedTensors("signs")
        for (name, expected) in signs {
            let module = String(name.dropLast(".weight".count))
            let (mask, coefficient) = (try #require(file[module + ".mask"]), try #require(file[module + ".coeff"]))
            let (rows, columns) = (expected.shape.dimensions[0], expected.shape.dimensions[1])
            #expect(mask.dtype == .int32 && mask.shape == [rows, (columns + 31) / 32])
            let bits = try mask.readAll()
            let scale = try MergedTensor(coefficient).values[0]
            let found = (0..<rows * columns).map { index -> UInt8 in
                let (row, column) = index.quotientAndRemainder(dividingBy: columns)
                return bits[row * mask.shape.dimensions[1] * 4 + column / 8] >> UInt8(column % 8) & 1
            }
            #expect(found == (try expected.readAll()), "\(name)")
            let values = zip(try MergedTensor(try #require(base[name])).values, found).map {
                $0 + ($1 == 1 ? scale : -scale)
            }
            #expect(values == merged[name]?.values, "\(name)")
        }
        // All else stands in the file as it is.
        for (name, tensor) in merged where signs[name] == nil {
            #expect(try MergedTensor(try #require(file[name])) == tensor, "\(name)")
        }
        #expect(file.count == merged.count + signs.count)
    }

    @Test("Rows that fill no whole word, in any cuts")
    func narrowRows() throws {
        let directory = try ScratchDirectory()
        let models = MergingFixtures.pool("llama", "base", "a")
        _ = try MergingRun.fuse(try item().method, models, directory: directory)
        let file = try SafetensorsFile(directory.path(BitDelta.fileName)).stateDict.tensors
        let mask = try #require(file["model.layers.1.mlp.down_proj.mask"])
        #expect(mask.shape == [12, 1])
        let whole = try mask.readAll()
        let pieces = try [0..<1, 1..<5, 5..<12].flatMap { range in
            try [UInt8](unsafeUninitializedCapacity: 4 * range.count) { buffer, count in
                count = 4 * range.count
                try mask.read(
                    range,
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
            }
        }
        #expect(pieces == whole)
    }

    @Test("The same bytes on any number of ranks and threads, in the file, too")
    func sameBytes() throws {
        let method = "{_target_: fusion_bench.method.bitdelta.BitDeltaAlgorithm, save_dir: null}"
        try MergingParity.checkSameBytes(method, Self.models)
        let files = try [(1, 1), (3, 2)].map { ranks, threads in
            let directory = try ScratchDirectory()
            _ = try MergingRun.fuse(method, Self.models, ranks: ranks, threads: threads, directory: directory)
            return try SafetensorsFile(directory.path(BitDelta.fileName)).stateDict.tensors.map {
                ($0.key, try MergedTensor($0.value))
            }
        }
        #expect(files[0].elementsEqual(files[1]) { $0.0 == $1.0 && $0.1 == $1.1 })
    }

    @Test("Where the whole model is saved")
    func savePath() throws {
        let method = BitDelta(saveDirectory: nil, savesModel: true)
        let path = try MergingRun.alone { context in
            #expect(method.modelSavePath(in: context) == context.outputDirectory + "/uncalibrated_model")
            return BitDelta(saveDirectory: "out", savesModel: true).modelSavePath(in: context)
        }
        #expect(path == "out/uncalibrated_model")
        #expect(BitDelta(saveDirectory: "out", savesModel: false).modelSavePath == nil)
    }

    @Test("A model without projections is refused")
    func nothingToCompress() throws {
        let problems = BitDelta(saveDirectory: nil, savesModel: false)
            .problems(with: MergingRun.pool(MergingFixtures.pool("plain", "base", "a")))
        #expect(problems == ["BitDelta finds no projections in attention and MLP, which it compresses"])
    }
}
