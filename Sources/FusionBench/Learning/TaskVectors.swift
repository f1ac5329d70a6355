import Checkpoints
import OperatingSystem
import OrderedCollections
import Tensors

/// Task vectors τ = θ − θ₀ of several models, parameter by parameter, for sums that are computed again with other coefficients
/// in each step of a training.
///
/// The models stay where they are: their files are mapped, so that the ranks of a host share them, and no task vector is
/// ever stored.
struct TaskVectors: Sendable {
    /// A parameter of all models.
    struct Parameter: Sendable {
        /// The name that the models of the pool share.
        let key: String
        let shape: Shape
        fileprivate let pretrained: StoredNumbers
        fileprivate let models: [StoredNumbers]
    }

    /// In the order of the coefficients' layers.
    let parameters: [Parameter]
    /// The number of models.
    let modelCount: Int

    /// The elements that are worked on at a time; what belongs to them fits into the first caches.
    private static let blockSize = 1 << 13
    /// The elements after which memory that only views files is let go.
    private static let releaseSize = 1 << 20

    /// - Throws: `CheckpointError` if a tensor cannot be read.
    init(_ parameters: [AlignedParameter]) throws {
        self.parameters = try parameters.map { parameter in
            guard let pretrained = parameter.input.pretrained else {
                preconditionFailure("Task vectors are differences from a pretrained model")
            }
            return Parameter(
                key: parameter.key, shape: parameter.input.shape, pretrained: try StoredNumbers(pretrained),
                models: try parameter.input.models.map(StoredNumbers.init))
        }
        modelCount = parameters.first?.input.models.count ?? 0
    }

    /// θ₀ + Σ λ[t] · τ[t] of a parameter, in the order of models.
    ///
    /// - Parameters:
    ///   - number: The number of the parameter.
    ///   - coefficients: λ, one for each model.
    ///   - result: Gets all elements, in binary32.
    func merge(_ number: Int, _ coefficients: [Float], into result: UnsafeMutableBufferPointer<Float>) {
        let parameter = parameters[number]
        forEachBlock(parameter) { range, scratch in
            parameter.pretrained.withFloats(range, scratch: scratch[0]) { pretrained in
                let sum = UnsafeMutableBufferPointer(rebasing: result[range])
                _ = sum.update(from: pretrained)
                for (model, coefficient) in zip(parameter.models, coefficients) {
                    model.withFloats(range, scratch: scratch[1]) {
                        FloatArithmetic.accumulateDifference($0, pretrained, weight: coefficient, into: sum)
                    }
                }
            }
        }
    }

    /// ⟨g, τ[t]⟩ for each model.
    ///
    /// - Parameters:
    ///   - gradient: g, of the parameter's shape, binary32.
    ///   - number: The number of the parameter.
    /// - Returns: The products, each summed in a fixed order.
    func products(_ gradient: Tensor, _ number: Int) -> [Double] {
        let parameter = parameters[number]
        var products = [Double](repeating: 0, count: modelCount)
        gradient.withBytes { bytes in
            let gradient = bytes.bindMemory(to: Float.self)
            forEachBlock(parameter) { range, scratch in
                let part = UnsafeBufferPointer(rebasing: gradient[range])
                parameter.pretrained.withFloats(range, scratch: scratch[0]) { pretrained in
                    for (index, model) in parameter.models.enumerated() {
                        products[index] += model.withFloats(range, scratch: scratch[1]) {
                            FixedOrderSum.dotProduct(part, withDifferenceOf: $0, from: pretrained)
                        }
                    }
                }
            }
        }
        return products
    }

    private func forEachBlock(
        _ parameter: Parameter, _ body: (Range<Int>, [UnsafeMutableBufferPointer<Float>]) -> Void
    ) {
        let count = parameter.shape.elementCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.blockSize) { memory in
            let scratch = [memory[..<Self.blockSize], memory[Self.blockSize...]].map {
                UnsafeMutableBufferPointer(rebasing: $0)
            }
            for part in stride(from: 0, to: count, by: Self.releaseSize) {
                let end = min(count, part + Self.releaseSize)
                for start in stride(from: part, to: end, by: Self.blockSize) {
                    body(start..<min(end, start + Self.blockSize), scratch)
                }
                for numbers in parameter.models + [parameter.pretrained] { numbers.release(part..<end) }
            }
        }
    }
}
