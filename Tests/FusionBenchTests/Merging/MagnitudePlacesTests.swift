import Checkpoints
import Fabric
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Places of entries by magnitude")
struct MagnitudePlacesTests {
    /// How a tensor is gone through.
    enum Path: CaseIterable {
        case sorted
        case kept
        case read
    }

    @Test("The same places as by sorting", arguments: Path.allCases, [1, 2, 300, 9000])
    func places(_ path: Path, _ count: Int) throws {
        // Few different magnitudes, many zeros of both signs.
        let factors: [Float] = [0, 0.25, 1e-3, 0.25, 1e-3]
        let values = (0..<count).map { index -> Float in Float(index * 7919 % 23 - 11) * factors[index % 5] }
        let order = values.indices.sorted {
            (values[$0].magnitude, $0) < (values[$1].magnitude, $1)
        }
        let positions = [0, 1, count / 3, count / 2, count - 1, count, count + 3]
        let found = try Self.places(values, path) { zeros in
            #expect(zeros == values.count { $0 == 0 })
            return positions
        }
        for (position, place) in zip(positions, found) {
            // What counts is which entries stand before it.
            let before = values.indices.filter {
                MagnitudePlace(bits: values[$0].magnitude.bitPattern, index: $0) < place
            }
            #expect(before == order.prefix(position).sorted(), "\(position)")
        }
    }

    @Test("An empty tensor has only an end", arguments: Path.allCases)
    func empty(_ path: Path) throws {
        #expect(try Self.places([], path) { _ in [0, 1] } == [.end, .end])
    }

    private static func places(
        _ values: [Float], _ path: Path, _ positions: @escaping @Sendable (Int) -> [Int]
    ) throws -> [MagnitudePlace] {
        let shape = Shape([values.count])
        let directory = try ScratchDirectory()
        let writer = try SafetensorsWriter(
            path: directory.path("model.safetensors"),
            tensors: [TensorDescription(name: "weight", dtype: .float32, shape: shape)], metadata: nil)
        try writer.create()
        try values.withUnsafeBytes { try writer.write($0, to: "weight", at: 0) }
        try writer.finish(flushing: false)
        let tensor = try #require(try SafetensorsFile(writer.path).stateDict.tensors["weight"])
        return try withFabrics(1) { fabric in
            let input = MergeInput(number: 0, key: "weight", shape: shape, pretrained: nil, models: [tensor])
            let pass = StretchPass(
                inputs: [input], granularity: .elements, modelNames: ["a"],
                context: FusionContext(fabric: fabric, seed: 0))
            var places = MagnitudePlaces(pass: pass, parameter: 0) { $0.models[0] }
            if path != .sorted { places.sortedCount = -1 }
            if path == .read { places.keptCount = -1 }
            let found = try places.places(positions)
            try fabric.finish()
            return found
        }[0]
    }
}
