import Testing

@testable import Tensors

/// Whether random numbers look like it.
///
/// Of a million sound streams, one would be beyond a limit. The streams are fixed, so that chance plays no part.
@Suite struct RandomStatisticsTests {
    private static let count = 1 << 17
    private static let uniform = uniformNumbers(RandomStream(seed: 1, purpose: "statistics", name: "uniform"))
    private static let normal = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
        RandomStream(seed: 1, purpose: "statistics", name: "normal")
            .fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
    }

    private static func uniformNumbers(_ stream: RandomStream) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            stream.fillUniform(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }

    /// Standard deviations that one in a million leaves.
    private let limit = 4.9

    @Test func uniformNumbersAreEvenlySpread() {
        #expect(Self.uniform.allSatisfy { $0 >= 0 && $0 < 1 })
        var buckets = [Int](repeating: 0, count: 256)
        for number in Self.uniform { buckets[Int(number * 256)] += 1 }
        #expect(abs(deviation(of: buckets)) < limit)
    }

    /// The lowest of the 24 bits, too.
    @Test func lowBitsAreEvenlySpread() {
        var buckets = [Int](repeating: 0, count: 64)
        for number in Self.uniform { buckets[Int(number * 0x1p24) % 64] += 1 }
        #expect(abs(deviation(of: buckets)) < limit)
    }

    @Test func neighboursAndStreamsAreIndependent() {
        let numbers = Self.uniform.map { Double($0) - 0.5 }
        let others = Self.uniformNumbers(RandomStream(seed: 1, purpose: "statistics", name: "uniforn"))
            .map { Double($0) - 0.5 }
        let nextSeed = Self.uniformNumbers(RandomStream(seed: 2, purpose: "statistics", name: "uniform"))
            .map { Double($0) - 0.5 }
        // The product of two independent ones has variance 1/144.
        let scale = 12 / Double(Self.count).squareRoot()
        for lag in [1, 2, 3, 4, 8, 32] {
            #expect(abs(zip(numbers, numbers.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 } * scale) < limit)
        }
        #expect(abs(zip(numbers, others).reduce(0) { $0 + $1.0 * $1.1 } * scale) < limit)
        #expect(abs(zip(numbers, nextSeed).reduce(0) { $0 + $1.0 * $1.1 } * scale) < limit)
    }

    @Test func momentsOfNormalNumbers() {
        let numbers = Self.normal.map { Double($0) }
        let scale = 1 / Double(Self.count).squareRoot()
        // The variances of x, x², x³ and x⁴ are 1, 2, 15 and 96.
        #expect(abs(numbers.reduce(0, +)) * scale < limit)
        #expect(abs(numbers.reduce(0) { $0 + $1 * $1 - 1 }) * scale < limit * 2.0.squareRoot())
        #expect(abs(numbers.reduce(0) { $0 + $1 * $1 * $1 }) * scale < limit * 15.0.squareRoot())
        #expect(abs(numbers.reduce(0) { $0 + $1 * $1 * $1 * $1 - 3 }) * scale < limit * 96.0.squareRoot())
        // Both of a pair come from one block.
        let pairs = stride(from: 0, to: numbers.count, by: 2).reduce(0) { $0 + numbers[$1] * numbers[$1 + 1] }
        #expect(abs(pairs) * scale * 2.0.squareRoot() < limit)
    }

    @Test func quantilesOfNormalNumbers() {
        let sorted = Self.normal.sorted()
        // Quantiles of the standard normal distribution.
        for (probability, quantile) in [
            (0.001, -3.0902323), (0.1, -1.2815516), (0.5, 0), (0.9, 1.2815516), (0.999, 3.0902323),
        ] {
            let below = Double(sorted.prefix { Double($0) < quantile }.count)
            let expected = probability * Double(Self.count)
            #expect(abs(below - expected) < limit * (expected * (1 - probability)).squareRoot())
        }
    }

    @Test(arguments: [0.01, 0.3, 0.5, 0.9])
    func shareOfEvents(_ probability: Double) {
        let stream = RandomStream(seed: 3, purpose: "statistics", name: "mask")
        var mask = [UInt8](repeating: 0, count: Self.count)
        mask.withUnsafeMutableBufferPointer { stream.fillBernoulli(probability: probability, $0) }
        let expected = probability * Double(Self.count)
        let found = Double(mask.count { $0 == 1 })
        #expect(abs(found - expected) < limit * (expected * (1 - probability)).squareRoot())
    }

    /// Each of the 24 permutations of four is as likely.
    @Test func permutations() {
        var counts: [[Int]: Int] = [:]
        for number in 0..<4800 {
            counts[RandomStream(seed: 4, purpose: "statistics", name: "\(number)").permutation(of: 4), default: 0] += 1
        }
        #expect(counts.count == 24)
        #expect(abs(deviation(of: Array(counts.values))) < limit)
    }

    @Test func longPermutation() {
        let order = RandomStream(seed: 5, purpose: "statistics", name: "order").permutation(of: 5000)
        #expect(order.sorted() == Array(0..<5000))
        // One element stays in its place on average.
        #expect(order.enumerated().count { $0 == $1 } < 10)
    }

    /// Without rejection, numbers that are multiples of 3 would be drawn as often as the others together.
    @Test func drawsBelowALargeBound() {
        var draws = RandomStream.Draws(stream: RandomStream(seed: 6, purpose: "statistics", name: "draws"))
        let bound: UInt64 = 3 << 62
        var counts = [0, 0, 0]
        for _ in 0..<6000 {
            let number = draws.next(below: bound)
            #expect(number < bound)
            counts[Int(number % 3)] += 1
        }
        #expect(abs(deviation(of: counts)) < limit)
    }

    /// How far χ² of counts that should be equal is from its mean, in standard deviations.
    private func deviation(of counts: [Int]) -> Double {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        let chiSquare = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        let freedom = Double(counts.count - 1)
        return (chiSquare - freedom) / (2 * freedom).squareRoot()
    }
}
