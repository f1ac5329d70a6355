/// Reads a file from a place on, a piece at a time.
struct PickleReader {
    /// The file.
    let file: CheckpointFile
    /// Nothing is read from here on, in bytes from the file's start.
    let end: Int

    private var window: [UInt8] = []
    private var windowOffset: Int
    private var position = 0

    private static let windowByteCount = 64 << 10
    /// No line of a pickle that is meant well is longer.
    private static let lineLimit = 1 << 20

    init(_ file: CheckpointFile, _ range: Range<Int>) {
        self.file = file
        end = range.upperBound
        windowOffset = range.lowerBound
    }

    /// Where the next byte is, in bytes from the file's start.
    var offset: Int { windowOffset + position }

    func failure(_ problem: String, at offset: Int? = nil) -> CheckpointError {
        .malformed(path: file.path, problem: "\(problem) (at byte \(offset ?? self.offset))")
    }

    mutating func byte() throws(CheckpointError) -> UInt8 {
        if position == window.count { try fill() }
        defer { position += 1 }
        return window[position]
    }

    private mutating func fill() throws(CheckpointError) {
        let start = offset
        guard start < end else { throw failure("the pickle ends too early") }
        window = try file.read(start..<min(end, start + Self.windowByteCount))
        windowOffset = start
        position = 0
    }

    /// The next bytes; there must be as many.
    mutating func bytes(_ count: Int) throws(CheckpointError) -> [UInt8] {
        let start = offset
        try skip(count)
        if start >= windowOffset, position <= window.count {
            return Array(window[start - windowOffset..<position])
        }
        return try file.read(start..<start + count)
    }

    /// Leaves out bytes; there must be as many.
    mutating func skip(_ count: Int) throws(CheckpointError) {
        guard count >= 0, count <= end - offset else { throw failure("the pickle ends too early") }
        if count <= window.count - position {
            position += count
        } else {
            windowOffset = offset + count
            window = []
            position = 0
        }
    }

    /// The next bytes up to a line's end, which is passed over.
    mutating func line() throws(CheckpointError) -> [UInt8] {
        let start = offset
        var line: [UInt8] = []
        while true {
            let byte = try self.byte()
            if byte == UInt8(ascii: "\n") { return line }
            guard line.count < Self.lineLimit else { throw failure("this line is too long", at: start) }
            line.append(byte)
        }
    }

    /// A number with its lowest byte first.
    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws(CheckpointError) -> Number {
        var number: Number = 0
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            number |= Number(truncatingIfNeeded: try byte()) << Number(shift)
        }
        return number
    }

    /// A length of so many bytes that what it is the length of may still be there.
    mutating func length<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type
    ) throws(CheckpointError) -> Int {
        let start = offset
        guard let length = Int(exactly: try integer(type)), length <= end - offset else {
            throw failure("this length goes beyond the end of the pickle", at: start)
        }
        return length
    }
}
