public import OrderedCollections

/// Holds a part of a data set back for validation, the same rows as `torch.utils.data.random_split` with the same seed.
public struct ValidationSplit: Dataset {
    /// Which part is meant.
    public enum Part: String, Sendable, CaseIterable {
        /// What is left for training.
        case train
        /// What is held back.
        case validation = "val"
    }

    private let base: any Dataset
    private let rows: [Int]
    /// The data set's, with the part.
    public let name: String

    /// A part of a data set.
    ///
    /// - Parameters:
    ///   - base: The whole.
    ///   - validationCount: How many rows are held back; at most all.
    ///   - seed: PyTorch's seed.
    ///   - part: Which part is meant.
    public init(of base: any Dataset, validationCount: Int, seed: UInt64, part: Part) {
        precondition(0...base.count ~= validationCount, "There are only \(base.count) rows")
        let order = MersenneTwister.permutation(of: base.count, seed: seed)
        let training = base.count - validationCount
        self.base = base
        rows = Array(part == .train ? order[..<training] : order[training...])
        name = "\(base.name) (\(part.rawValue))"
    }

    /// The columns of the whole.
    public var features: OrderedDictionary<String, Feature> { base.features }
    /// The number of rows of the part.
    public var count: Int { rows.count }

    /// A row of the part.
    ///
    /// - Throws: As the whole does.
    public func example(at index: Int, columns: [String]?) throws -> Example {
        try base.example(at: rows[index], columns: columns)
    }
}

/// PyTorch's random numbers on the processor.
///
/// M. Matsumoto, T. Nishimura: *Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random number
/// generator* (1998).
struct MersenneTwister {
    private static let count = 624
    private var state: [UInt32]
    private var next = count

    /// The lower 32 bits of a seed decide.
    init(seed: UInt64) {
        state = [UInt32(truncatingIfNeeded: seed)]
        for index in 1..<Self.count {
            let last = state[index - 1]
            state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
        }
    }

    /// A number of 32 random bits.
    mutating func random() -> UInt32 {
        if next == Self.count { twist() }
        var value = state[next]
        next += 1
        value ^= value >> 11
        value ^= value << 7 & 0x9D2C_5680
        value ^= value << 15 & 0xEFC6_0000
        return value ^ value >> 18
    }

    private mutating func twist() {
        for index in 0..<Self.count {
            let bits = state[index] & 0x8000_0000 | state[(index + 1) % Self.count] & 0x7FFF_FFFF
            state[index] = state[(index + 397) % Self.count] ^ bits >> 1 ^ (bits & 1 == 0 ? 0 : 0x9908_B0DF)
        }
        next = 0
    }

    /// What `torch.randperm` gives for a generator with a seed, of up to 2³² / 20 elements.
    static func permutation(of count: Int, seed: UInt64) -> [Int] {
        var generator = MersenneTwister(seed: seed)
        var order = Array(0..<count)
        for index in order.indices.dropLast() {
            order.swapAt(index, index + Int(generator.random()) % (count - index))
        }
        return order
    }
}
