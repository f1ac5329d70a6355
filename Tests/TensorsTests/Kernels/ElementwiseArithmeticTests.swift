import Tensors
import TestSupport
import Testing

/// The Swift faces of the loops: that each calls the loop it names, with its arguments in their order.
@Suite struct ElementwiseArithmeticTests {
    private let x: [Float] = [1, 2, 3]
    private let base: [Float] = [10, 20, 40]

    @Test func onVectors() {
        #expect(result { ElementwiseArithmetic.scale($0, by: 2, into: $2) } == [2, 4, 6])
        #expect(result { ElementwiseArithmetic.accumulate($0, weight: 2, into: $2) } == [102, 104, 106])
        #expect(
            result { ElementwiseArithmetic.accumulateDifference(of: $0, from: $1, weight: 2, into: $2) }
                == [82, 64, 26])
        #expect(result { ElementwiseArithmetic.difference(of: $0, from: $1, into: $2) } == [-9, -18, -37])
        #expect(
            result { x, base, result in
                guard let delta = x.floats else { return }
                ElementwiseArithmetic.add(delta, weight: 2, to: base, into: result)
            } == [12, 24, 46])
        #expect(
            result { ElementwiseArithmetic.weightedSum(of: [$0, $1], weights: [100, 1], into: $2) } == [110, 220, 340])
        #expect(result { ElementwiseArithmetic.weightedSum(of: [], weights: [], into: $2) } == [0, 0, 0])
        #expect(result { ElementwiseArithmetic.scale($2, by: -1) } == [-100, -100, -100])
    }

    @Test func theInstructionSetHasAName() {
        #expect(KernelForm.all.first?.name == Kernels.instructionSet)
        #expect(KernelForm.all.last?.name == "portable")
        #expect(Set(KernelForm.all.map(\.name)).count == KernelForm.all.count)
    }

    @Test func sums() {
        x.withUnsafeBufferPointer { x in
            base.withUnsafeBufferPointer { base in
                #expect(FixedOrderSum.sum(x) == 6)
                #expect(FixedOrderSum.absoluteSum(x) == 6)
                #expect(FixedOrderSum.absoluteSum(x, minus: base) == 64)
                #expect(FixedOrderSum.squaredNorm(x) == 14)
                #expect(FixedOrderSum.squaredNorm(x, minus: base) == 81 + 324 + 1369)
                #expect(FixedOrderSum.dotProduct(x, base) == 170)
                #expect(FixedOrderSum.dotProduct(x, base, minus: base) == 0)
                let products = FixedOrderSum.products(x, base)
                #expect(products.dotProduct == 170)
                #expect(products.squaredNormOfX == 14)
                #expect(products.squaredNormOfY == 2100)
            }
        }
    }

    @Test func emptyVectors() {
        let empty = UnsafeBufferPointer<Float>(start: nil, count: 0)
        #expect(FixedOrderSum.sum(empty) == 0)
        #expect(FixedOrderSum.dotProduct(empty, empty, minus: empty) == 0)
        let result = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
        ElementwiseArithmetic.weightedSum(of: [FloatingPointElements(empty)], weights: [1], into: result)
        ElementwiseArithmetic.scale(result, by: 1)
    }

    /// What a function makes of 100 in each place.
    private func result(
        _ body: (FloatingPointElements, FloatingPointElements, UnsafeMutableBufferPointer<Float>) -> Void
    ) -> [Float] {
        var result: [Float] = [100, 100, 100]
        x.withUnsafeBufferPointer { x in
            base.withUnsafeBufferPointer { base in
                result.withUnsafeMutableBufferPointer {
                    body(FloatingPointElements(x), FloatingPointElements(base), $0)
                }
            }
        }
        return result
    }
}
