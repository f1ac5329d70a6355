/// Numbers and texts.
extension Unpickler {
    mutating func asciiLine() throws(CheckpointError) -> String { try text(try reader.line()) }

    func text(_ bytes: [UInt8]) throws(CheckpointError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("this text is not UTF-8") }
        return text
    }

    /// The oldest protocols write truth values as `00` and `01`.
    mutating func intLine() throws(CheckpointError) -> PickleValue {
        switch try asciiLine() {
        case "00": .boolean(false)
        case "01": .boolean(true)
        case let line: try wholeNumber(line)
        }
    }

    func wholeNumber(_ line: String, suffix: String = "") throws(CheckpointError) -> PickleValue {
        let digits = line.hasSuffix(suffix) ? String(line.dropLast(suffix.count)) : line
        guard let number = Int128(digits) else { throw failure("this is no whole number of at most 128 bits") }
        return .integer(number)
    }

    mutating func memoPlace() throws(CheckpointError) -> Int {
        guard let place = Int(try asciiLine()), place >= 0 else { throw failure("this is no place in the memo") }
        return place
    }

    /// A whole number in two's complement, its lowest byte first.
    mutating func longInteger(_ byteCount: Int) throws(CheckpointError) -> PickleValue {
        // Numbers of more than 128 bits are of no use to us.
        guard byteCount <= 16 else {
            try reader.skip(byteCount)
            return .plain("int")
        }
        let bytes = try reader.bytes(byteCount)
        var number: Int128 = bytes.last.map { $0 >= 0x80 } == true ? -1 : 0
        for byte in bytes.reversed() { number = number << 8 | Int128(byte) }
        return .integer(number)
    }

    /// A text as the oldest protocols write it, in quotes and with escapes.
    mutating func quotedString() throws(CheckpointError) -> PickleValue {
        let line = try reader.line()
        guard line.count >= 2, let quote = line.first, quote == line.last, quote == 0x22 || quote == 0x27 else {
            throw failure("this text is not in quotes")
        }
        let content = Array(line[1..<line.count - 1])
        // Names never need escapes, and other texts are of no use to us.
        return content.contains(UInt8(ascii: "\\")) ? .plain("str") : oldString(content)
    }

    /// A text of Python 2, which may be bytes.
    func oldString(_ bytes: [UInt8]) -> PickleValue {
        String(validating: bytes, as: UTF8.self).map(PickleValue.string) ?? .plain("bytes")
    }

    /// The content of bytes is of no use to us, and not kept.
    mutating func bytes(_ count: Int, _ type: String) throws(CheckpointError) -> PickleValue {
        try reader.skip(count)
        return .plain(type)
    }
}
