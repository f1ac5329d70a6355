import Checkpoints
import Fabric
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("The k-th smallest magnitude of task vectors")
struct MagnitudeSelectionTests {
    /// What a model's entries look like to a sample.
    enum Entries: CaseIterable {
        /// Of all sizes, everywhere.
        case mixed
        /// Only zero.
        case zero
        /// One part small, one large, so that the sample of a part says nothing about the whole.
        case sorted
        /// Large only where no sample is taken.
        case hidden

        func value(_ index: Int, of count: Int) -> Float {
            let random = Float(index &* 2_654_435_761 % 1_000_003) / 1_000_003 - 0.5
            return switch self {
            case .mixed: random
            case .zero: 0
            case .sorted: Float(index) / Float(count)
            case .hidden: index % 4096 < 2048 ? 1e-3 * random : 100 + random
            }
        }
    }

    @Test("By a sample as by sorting, on any number of ranks", arguments: Entries.allCases, [1, 3])
    func sampled(_ entries: Entries, _ ranks: Int) throws {
        let shape: Shape = [90, 701]
        let count = shape.elementCount
        let base = (0..<count).map { Float($0 % 7) }
        let model = (0..<count).map { base[$0] + entries.value($0, of: count) }
        let magnitudes = zip(model, base).map { ($0 - $1).magnitude.bitPattern }.sorted()
        let directory = try ScratchDirectory()
        let tensors = try [base, model].enumerated().map { number, values in
            try Self.tensor(values, shape, directory.path("\(number).safetensors"))
        }
        for rank in [1, count / 5, count - 1, count] {
            let found = try withFabrics(ranks) { fabric in
                let input = MergeInput(
                    number: 0, key: "weight", shape: shape, pretrained: tensors[0], models: [tensors[1], tensors[0]])
                let pass = StretchPass(
                    inputs: [input], granularity: .elements, modelNames: ["a", "b"],
                    context: FusionContext(fabric: fabric, seed: 0))
                var selection = MagnitudeSelection(pass: pass, modelCount: 2, sparsifier: nil)
                let counted = try selection.magnitudes(ofRank: rank)
                selection.leastSampledCount = 0
                let sampled = try selection.magnitudes(ofRank: rank)
                try fabric.finish()
                return [counted, sampled]
            }
            for result in found { #expect(result == [[magnitudes[rank - 1], 0], [magnitudes[rank - 1], 0]]) }
        }
    }

    @Test("A range that misses the magnitude finds nothing")
    func missed() throws {
        let directory = try ScratchDirectory()
        let tensor = try Self.tensor([1, 2, 3, 4], [4], directory.path("model.safetensors"))
        let found = try withFabrics(1) { fabric in
            let input = MergeInput(number: 0, key: "weight", shape: [4], pretrained: nil, models: [tensor])
            let pass = StretchPass(
                inputs: [input], granularity: .elements, modelNames: ["a"],
                context: FusionContext(fabric: fabric, seed: 0))
            let selection = MagnitudeSelection(pass: pass, modelCount: 1, sparsifier: nil)
            let range = MagnitudeRange(bits: Float(2).bitPattern..<Float(3.5).bitPattern)
            let found = try (1...4).map { try selection.magnitudes(ofRank: $0, in: [range]) }
            try fabric.finish()
            return found
        }[0]
        #expect(found == [nil, [Float(2).bitPattern], [Float(3).bitPattern], nil])
    }

    private static func tensor(_ values: [Float], _ shape: Shape, _ path: String) throws -> LazyTensor {
        let writer = try SafetensorsWriter(
            path: path, tensors: [TensorDescription(name: "weight", dtype: .float32, shape: shape)], metadata: nil)
        try writer.create()
        try values.withUnsafeBytes { try writer.write($0, to: "weight", at: 0) }
        try writer.finish(flushing: false)
        return try #require(try SafetensorsFile(path).stateDict.tensors["weight"])
    }
}
