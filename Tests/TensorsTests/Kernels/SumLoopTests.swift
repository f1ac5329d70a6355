import CKernels
import TestSupport
import Testing

/// Sums of each form against their definition.
@Suite struct SumLoopTests {
    private static let lengths = Array(0...130) + [1000, 1024, 5003]

    @Test(arguments: KernelForm.all)
    func sums(_ form: KernelForm) throws {
        try forEachLength { x, y, base, vectors in
            let count = x.count
            let differences = zip(x, base).map { $0 - $1 }
            expectSame(form.loops.sum(vectors[0].address, count), fixedOrderSum(x.map { Double($0) }))
            expectSame(
                form.loops.absolute_sum(vectors[0].address, nil, count), fixedOrderSum(x.map { Double($0.magnitude) }))
            expectSame(
                form.loops.absolute_sum(vectors[0].address, vectors[2].address, count),
                fixedOrderSum(differences.map { Double($0.magnitude) }))
            expectSame(form.loops.squared_norm(vectors[0].address, nil, count), dotProduct(x, x))
            expectSame(
                form.loops.squared_norm(vectors[0].address, vectors[2].address, count),
                dotProduct(differences, differences))
        }
    }

    @Test(arguments: KernelForm.all)
    func products(_ form: KernelForm) throws {
        try forEachLength { x, y, base, vectors in
            let count = x.count
            let differencesOfX = zip(x, base).map { $0 - $1 }
            let differencesOfY = zip(y, base).map { $0 - $1 }
            expectSame(
                form.loops.product_with_difference(vectors[0].address, vectors[1].address, vectors[2].address, count),
                dotProduct(x, differencesOfY))
            for (base, x, y) in [(nil, x, y), (vectors[2].address, differencesOfX, differencesOfY)] {
                let dot = form.loops.dot_product(vectors[0].address, vectors[1].address, base, count)
                expectSame(dot, dotProduct(x, y))
                let products = form.loops.products(vectors[0].address, vectors[1].address, base, count)
                expectSame(products.first_second, dotProduct(x, y))
                expectSame(products.first_first, dotProduct(x, x))
                expectSame(products.second_second, dotProduct(y, y))
            }
        }
    }

    /// Sums of numbers that cancel out show the order of additions.
    @Test func theOrderMatters() {
        var random = SplitMix64(seed: 8)
        let numbers = moderateFloats(4096, &random).map { Double($0) / 3 }
        #expect(fixedOrderSum(numbers) != numbers.reduce(0, +))
    }

    // What is expected.

    private func fixedOrderSum(_ terms: [Double]) -> Double {
        var partial = [Double](repeating: 0, count: 32)
        for (i, term) in terms.enumerated() { partial[i % 32] += term }
        while partial.count > 1 {
            let half = partial.count / 2
            partial = (0..<half).map { partial[$0] + partial[half + $0] }
        }
        return partial[0]
    }

    private func dotProduct(_ x: [Float], _ y: [Float]) -> Double {
        fixedOrderSum(zip(x, y).map { Double($0) * Double($1) })
    }

    private func expectSame(_ result: Double, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        let isSame = result.bitPattern == expected.bitPattern || (result.isNaN && expected.isNaN)
        #expect(isSame, "\(result) instead of \(expected)", sourceLocation: sourceLocation)
    }

    /// Tries three vectors of each length, given as numbers and in memory.
    private func forEachLength(_ body: ([Float], [Float], [Float], [GuardedMemory]) throws -> Void) throws {
        var random = SplitMix64(seed: 9)
        for count in Self.lengths {
            for kind in 0..<3 {
                let vectors = (0..<3).map { _ in
                    switch kind {
                    case 0: moderateFloats(count, &random)
                    case 1: anyFloats(count, &random)
                    // Finite, of all sizes.
                    default: anyFloats(count, &random).map { $0.isFinite ? $0 : -0.0 }
                    }
                }
                let memories = try vectors.enumerated().map { try GuardedMemory($1, slack: (count + $0) % 8) }
                try body(vectors[0], vectors[1], vectors[2], memories)
            }
        }
    }
}
