/// The values of a page or a dictionary, without nulls.
indirect enum ColumnValues: Sendable {
    case booleans([Bool])
    case integers([Int64])
    case floats([Double])
    case byteArrays(ByteArrays)
    /// Places in a dictionary.
    case places([UInt32], in: ColumnValues)

    /// How many there are.
    var count: Int {
        switch self {
        case .booleans(let values): values.count
        case .integers(let values): values.count
        case .floats(let values): values.count
        case .byteArrays(let values): values.count
        case .places(let places, _): places.count
        }
    }

    /// The memory that they take, roughly, in bytes; that of a dictionary is counted elsewhere.
    var byteCount: Int {
        switch self {
        case .booleans(let values): values.count
        case .integers(let values): values.count * 8
        case .floats(let values): values.count * 8
        case .byteArrays(let values): values.extents.reduce(0) { $0 + $1.range.count + MemoryLayout.size(ofValue: $1) }
        case .places(let places, _): places.count * 4
        }
    }
}

/// Byte strings that lie in one array.
struct ByteArrays: Sendable {
    /// Where a string lies; pages are so small that 32 bits do.
    struct Extent: Sendable {
        private let start: UInt32
        private let length: UInt32

        /// - Precondition: The range lies below 2³².
        init(_ range: Range<Int>) {
            start = UInt32(range.lowerBound)
            length = UInt32(range.count)
        }

        var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
    }

    let storage: [UInt8]
    let extents: [Extent]

    var count: Int { extents.count }

    /// One of the strings.
    subscript(index: Int) -> ArraySlice<UInt8> { storage[extents[index].range] }
}
