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
            return Self.sortedPlaces(kept, positions(kept.withUnsafeBufferPointer(Self.zeroCount)))
        }
        var zeros = 0
        let upper = try histogram(of: .upper, source) { values in zeros += Self.zeroCount(values) }
        return try positions(zeros).map { position in
            if position >= count { return .end }
            if position <= 0 { return .first }
            let place = upper.place(ofRank: UInt64(position))
            let lower = try histogram(of: .lower(ofUpper: place.bucket), source).place(ofRank: place.rank)
            let bits = UInt32(place.bucket) << 16 | UInt32(lower.bucket)
            return MagnitudePlace(bits: bits, index: try index(ofEqual: bits, ordinal: Int(lower.rank) + 1, source))
        }
    }

    private static func zeroCount(_ values: UnsafeBufferPointer<Float>) -> Int {
        // In blocks, so that the counters are as wide as the values, and the loop is vectorised.
        stride(from: 0, to: values.count, by: 1 << 20).reduce(0) { total, start in
            var count: Int32 = 0
            for value in values[start..<min(start + 1 << 20, values.count)] { count &+= value == 0 ? 1 : 0 }
            return total + Int(count)
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
        of digit: MagnitudeHistogram.Digit, _ source: Source, _ look: (UnsafeBufferPointer<Float>) -> Void = { _ in }
    ) throws -> MagnitudeHistogram {
        var counter = MagnitudeCounter(of: digit)
        try visit(source) { values in
            look(values)
            counter.add(values)
        }
        return counter.histogram
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
