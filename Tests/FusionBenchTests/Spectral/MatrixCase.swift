import Checkpoints
import Tensors
import TestSupport
import Testing

@testable import FusionBench

/// Task vectors of one matrix, beside a pretrained matrix of zeros, for tests of a matrix fusion by itself.
struct MatrixCase: Sendable {
    let rows: Int
    let columns: Int
    /// The task vectors, row by row, in binary32.
    let vectors: [[Float]]

    /// Task vectors of normal elements of this deviation.
    init(_ rows: Int, _ columns: Int, tasks: Int, deviation: Float = 0.1, seed: UInt64 = 1) {
        self.rows = rows
        self.columns = columns
        vectors = (0..<tasks).map { task in
            var values = [Float](repeating: 0, count: rows * columns)
            let random = RandomStream(seed: seed, purpose: "matrix case", name: "\(task)")
            values.withUnsafeMutableBufferPointer { random.fillNormal($0) }
            return values.map { $0 * deviation }
        }
    }

    init(_ rows: Int, _ columns: Int, vectors: [[Float]]) {
        self.rows = rows
        self.columns = columns
        self.vectors = vectors
    }

    /// Task vector t in binary64.
    func tensor(_ task: Int) -> Tensor { Tensor([rows, columns]) { Double(vectors[task][$0]) } }

    /// The sum of all task vectors.
    var sum: Tensor { vectors.indices.reduce(Tensor.zeros([rows, columns], dtype: .float64)) { $0 + tensor($1) } }

    /// What a fusion makes of them, in binary64.
    func merged(_ fusion: some MatrixFusion) throws -> Tensor {
        let memory = ScratchMemory()
        let shape = Shape([rows, columns])
        let base = memory.floats(.input(0), count: shape.elementCount)
        base.update(repeating: 0)
        let models = vectors.enumerated().map { number, values in
            let buffer = memory.floats(.input(number + 1), count: values.count)
            _ = buffer.update(from: values)
            return UnsafeBufferPointer(buffer)
        }
        let stretch = Stretch(
            parameter: 0, name: "matrix", shape: shape, range: 0..<shape.elementCount,
            pretrained: UnsafeBufferPointer(base), models: models, scratch: memory)
        return try fusion.merge(try #require(TaskMatrices(stretch)))
    }
}

extension Tensor {
    /// The largest magnitude of an element.
    var largestMagnitude: Double { array(of: Double.self).map(abs).max() ?? 0 }

    /// The largest difference from another tensor, relative to that one's largest magnitude.
    func deviation(from other: Tensor) -> Double {
        (self - other).largestMagnitude / max(other.largestMagnitude, 1e-300)
    }
}
