import Checkpoints
import OperatingSystem
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Task vectors in mapped files")
struct TaskVectorsTests {
    /// Three models of one matrix, stored in a type; and their values as they are stored.
    private static func models(
        _ dtype: DType, _ shape: Shape, in directory: ScratchDirectory
    ) throws -> (parameter: AlignedParameter, values: [[Float]]) {
        var random = SplitMix64(seed: 4)
        var tensors: [LazyTensor] = []
        var values: [[Float]] = []
        for model in 0..<3 {
            let path = directory.path("\(model).safetensors")
            // Of an odd length, so that what follows it begins where no number may.
            let writer = try SafetensorsWriter(
                path: path,
                tensors: [
                    TensorDescription(name: "a", dtype: .uint8, shape: [1 + 2 * model]),
                    TensorDescription(name: "weight", dtype: dtype, shape: shape),
                ], metadata: nil)
            try writer.create()
            let numbers = (0..<shape.elementCount).map { _ in Float(random.next() % 2048) / 1024 - 1 }
            var bytes = [UInt8](repeating: 0, count: try #require(dtype.byteCount(elements: numbers.count)))
            bytes.withUnsafeMutableBytes { room in
                numbers.withUnsafeBufferPointer { FloatArithmetic.encode($0, dtype, into: room) }
            }
            try bytes.withUnsafeBytes { try writer.write($0, to: "weight", at: 0) }
            try [UInt8](repeating: 0, count: 1 + 2 * model).withUnsafeBytes { try writer.write($0, to: "a", at: 0) }
            try writer.finish(flushing: false)
            let tensor = try SafetensorsFile(path).stateDict.tensor("weight")
            tensors.append(tensor)
            values.append(MergedTensor(dtype: dtype, shape: shape, bytes: bytes).values)
        }
        let input = MergeInput(
            number: 0, key: "weight", shape: shape, pretrained: tensors[0], models: Array(tensors[1...]))
        return (AlignedParameter(name: "weight", dtype: dtype, input: input), values)
    }

    @Test(
        "Sums and products are those of the definition",
        arguments: [(DType.float32, 3), (.float16, 5), (.bfloat16, 4), (.float32, 40_000)])
    func definition(_ dtype: DType, rows: Int) throws {
        let directory = try ScratchDirectory()
        let shape: Shape = [rows, 33]
        let (parameter, values) = try Self.models(dtype, shape, in: directory)
        let vectors = try TaskVectors([parameter])
        let coefficients: [Float] = [0.25, -0.5]
        let merged = Tensor(vectors.parameters[0].shape) { vectors.merge(0, coefficients, into: $0) }
        let gradient = Tensor(shape) { (place: Int) in Float(place % 17) - 8 }
        let products = vectors.products(gradient, 0)
        var expected = [0.0, 0.0]
        let found = merged.array(of: Float.self)
        for place in 0..<shape.elementCount {
            let base = values[0][place]
            var sum = base
            for model in 0..<2 {
                let difference = values[model + 1][place] - base
                sum += coefficients[model] * difference
                expected[model] += Double(place % 17 - 8) * Double(difference)
            }
            #expect(found[place] == sum)
        }
        for model in 0..<2 { #expect(abs(products[model] - expected[model]) <= 1e-9 * max(1, abs(expected[model]))) }
    }

    @Test("A file that was shortened after it was opened is an error")
    func shortened() throws {
        let directory = try ScratchDirectory()
        let (parameter, _) = try Self.models(.float32, [8, 33], in: directory)
        let path = directory.path("1.safetensors")
        try FileSystem.writeDirectly(FileSystem.read(path).dropLast(40), to: path)
        #expect(throws: CheckpointError.self) { try TaskVectors([parameter]) }
    }
}
