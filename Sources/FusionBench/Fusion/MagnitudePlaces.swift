import Tensors

/// Finds which entries of one tensor stand at given places when they are sorted by magnitude: exactly, and in bounded memory.
///
/// One pass over the tensor counts magnitudes by their upper 16 bits, one more for each place counts those that have its
/// upper bits by the lower ones. Only where equal magnitudes stand on both sides of a place does another one count these up.
/// Tensors that are not large are kept in memory, so that they are read only once; small ones are sorted.
struct MagnitudePlaces {
    /// A pass that reads the tensor.
    let pass: StretchPass
    /// Which of its tensors.
    let parameter: Int
    /// The values of a stretch whose magnitudes are compared.
    let values: (Stretch) -> UnsafeBufferPointer<Float>

    /// The most entries of a tensor that is sorted.
    var sortedCount = 1 << 15
    /// The most entries of a tensor that is kept in memory: 8 MiB.
    var keptCount = 1 << 21

    /// The entries at some places.
    ///
    /// - Parameter positions: Which places, from 0 for the smallest magnitude; gets the number of values that are 0.
    /// - Returns: The entries, or what lies behind all of them where there are not as many.
    /// - Throws: An error of reading.
    func places(_ positions: (_ zeros: Int) -> [Int]) throws -> [MagnitudePlace] {
        let count = pass.inputs[parameter].shape.elementCount
        let source = try source(count)
        if case .kept(let kept) = source, count <= sortedCount {
            return Self.sortedPlaces(kept, positions(kept.count { $0 == 0 }))
        }
        var zeros = 0
        let upper = try histogram(MagnitudeCounters.upperBuckets, source) { values, counters in
            zeros += values.count { $0 == 0 }
            FloatArithmetic.countUpperBits(values, base: nil, into: counters)
        }
        return try positions(zeros).map { position in
            if position >= count { return .end }
            if position <= 0 { return .first }
            let (bucket, rank) = MagnitudeSelection.bucket(of: position + 1, in: upper)
            let lower = try histogram(MagnitudeCounters.lowerBuckets, source) { values, counters in
                FloatArithmetic.countLowerBits(values, base: nil, upper: UInt32(bucket), into: counters)
            }
            let (low, ordinal) = MagnitudeSelection.bucket(of: rank, in: lower)
            let bits = UInt32(bucket) << 16 | UInt32(low)
            return MagnitudePlace(bits: bits, index: try index(ofEqual: bits, ordinal: ordinal, source))
        }
    }

    private static func sortedPlaces(_ values: [Float], _ positions: [Int]) -> [MagnitudePlace] {
        var places = positions.map { $0 >= values.count ? MagnitudePlace.end : .first }
        var ranks = MagnitudeRanks()
        ranks.forEach(values.count) {
            values[$0]
        } _: { rank, index in
            for (number, position) in positions.enumerated() where position == rank {
                places[number] = MagnitudePlace(bits: values[index].magnitude.bitPattern, index: index)
            }
        }
        return places
    }

    /// Where the values of the tensor come from each time that they are needed.
    private enum Source {
        case kept([Float])
        case read(StretchUnit)
    }

    private func source(_ count: Int) throws -> Source {
        let unit = StretchUnit(parameter: parameter, range: 0..<count)
        guard count <= keptCount else { return .read(unit) }
        var kept: [Float] = []
        kept.reserveCapacity(count)
        try pass.read(unit) { kept.append(contentsOf: values($0)) }
        return .kept(kept)
    }

    /// Goes through all values in order.
    private func visit(_ source: Source, _ body: (UnsafeBufferPointer<Float>) throws -> Void) throws {
        switch source {
        case .kept(let kept): try kept.withUnsafeBufferPointer(body)
        case .read(let unit): try pass.read(unit) { try body(values($0)) }
        }
    }

    private func histogram(
        _ buckets: Int, _ source: Source,
        _ count: (UnsafeBufferPointer<Float>, UnsafeMutablePointer<UInt32>) -> Void
    ) throws -> [Int64] {
        let counters = MagnitudeCounters(models: 1, buckets: buckets)
        try visit(source) { count($0, counters.counters(of: 0, adding: $0.count)) }
        var totals = [Int64](repeating: 0, count: buckets)
        counters.add(to: &totals)
        return totals
    }

    /// The index of one of several equal magnitudes, counted from 1.
    private func index(ofEqual bits: UInt32, ordinal: Int, _ source: Source) throws -> Int {
        // No equal one stands before the first, wherever that is.
        if ordinal <= 1 { return 0 }
        var (start, rest, found) = (0, ordinal, 0)
        try visit(source) { values in
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
