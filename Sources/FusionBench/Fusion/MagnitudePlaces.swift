import Tensors

/// Finds which entries of one tensor stand at given places when they are sorted by magnitude: exactly, and in bounded memory.
///
/// One pass over the tensor counts magnitudes by their upper 16 bits, one more for each place counts those that have its
/// upper bits by the lower ones. Only where equal magnitudes stand on both sides of a place does another one count these up.
/// Small tensors are kept in memory, so that they are read only once.
struct MagnitudePlaces {
    /// A pass that reads the tensor.
    let pass: StretchPass
    /// Which of its tensors.
    let parameter: Int
    /// The values of a stretch whose magnitudes are compared.
    let values: (Stretch) -> UnsafeBufferPointer<Float>

    /// The most entries that are kept in memory: 8 MiB.
    private static let keptCount = 1 << 21

    /// The entries at some places.
    ///
    /// - Parameter positions: Which places, from 0 for the smallest magnitude; gets the number of values that are 0.
    /// - Returns: The entries, or what lies behind all of them where there are not as many.
    /// - Throws: An error of reading.
    func places(_ positions: (_ zeros: Int) -> [Int]) throws -> [MagnitudePlace] {
        let count = pass.inputs[parameter].shape.elementCount
        let visit = try visitor(count)
        var zeros = 0
        let upper = try histogram(MagnitudeCounters.upperBuckets, visit) { values, counters in
            zeros += values.count { $0 == 0 }
            FloatArithmetic.countUpperBits(values, base: nil, into: counters)
        }
        return try positions(zeros).map { position in
            if position >= count { return .end }
            if position <= 0 { return .first }
            let (bucket, rank) = MagnitudeSelection.bucket(of: position + 1, in: upper)
            let lower = try histogram(MagnitudeCounters.lowerBuckets, visit) { values, counters in
                FloatArithmetic.countLowerBits(values, base: nil, upper: UInt32(bucket), into: counters)
            }
            let (low, ordinal) = MagnitudeSelection.bucket(of: rank, in: lower)
            let bits = UInt32(bucket) << 16 | UInt32(low)
            return MagnitudePlace(bits: bits, index: try index(ofEqual: bits, ordinal: ordinal, visit))
        }
    }

    private typealias Visitor = ((UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

    /// Goes through all values in order, each time that it is called.
    private func visitor(_ count: Int) throws -> Visitor {
        let unit = StretchUnit(parameter: parameter, range: 0..<count)
        let (pass, values) = (pass, values)
        guard count <= Self.keptCount else { return { body in try pass.read(unit) { try body(values($0)) } } }
        var kept: [Float] = []
        kept.reserveCapacity(count)
        try pass.read(unit) { kept.append(contentsOf: values($0)) }
        let all = kept
        return { body in try all.withUnsafeBufferPointer(body) }
    }

    private func histogram(
        _ buckets: Int, _ visit: Visitor,
        _ count: (UnsafeBufferPointer<Float>, UnsafeMutablePointer<FloatArithmetic.Counters>) -> Void
    ) throws -> [Int64] {
        let counters = MagnitudeCounters(models: 1, buckets: buckets)
        try visit { count($0, counters.counters(of: 0, adding: $0.count)) }
        var totals = [Int64](repeating: 0, count: buckets)
        counters.add(to: &totals)
        return totals
    }

    /// The index of one of several equal magnitudes, counted from 1.
    private func index(ofEqual bits: UInt32, ordinal: Int, _ visit: Visitor) throws -> Int {
        // No equal one stands before the first, wherever that is.
        if ordinal <= 1 { return 0 }
        var (start, rest, found) = (0, ordinal, 0)
        try visit { values in
            defer { start += values.count }
            guard rest > 0 else { return }
            for (index, value) in values.enumerated() where value.magnitude.bitPattern == bits {
                rest -= 1
                if rest == 0 {
                    found = start + index
                    return
                }
            }
        }
        return found
    }
}
