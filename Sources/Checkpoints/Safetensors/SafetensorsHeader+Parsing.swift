import JSON
import OrderedCollections

extension SafetensorsHeader {
    /// The length of the header, from the first bytes of a file.
    ///
    /// - Parameters:
    ///   - bytes: The first eight bytes, or all that the file has.
    ///   - fileByteCount: The length of the file.
    /// - Returns: The number of bytes from the ninth on.
    /// - Throws: `SafetensorsProblem` if the file cannot have such a header.
    static func byteCount(from bytes: [UInt8], fileByteCount: Int) throws(SafetensorsProblem) -> Int {
        guard bytes.count >= lengthByteCount else { throw .noHeaderLength(fileByteCount: fileByteCount) }
        let length = bytes[..<lengthByteCount].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= byteCountLimit else { throw .headerTooLong(byteCount: length, limit: byteCountLimit) }
        let available = fileByteCount - lengthByteCount
        guard length <= available else { throw .headerCutOff(byteCount: Int(length), available: available) }
        return Int(length)
    }

    /// Reads a header, and makes sure that its tensors fill the data exactly.
    ///
    /// Fields of a tensor's entry that the format does not have are passed over, as the reference implementation does.
    ///
    /// - Parameters:
    ///   - bytes: The JSON.
    ///   - dataByteCount: The bytes that follow the header in the file.
    /// - Throws: `SafetensorsProblem` with what is wrong.
    public init(parsing bytes: [UInt8], dataByteCount: Int) throws(SafetensorsProblem) {
        if let first = bytes.first, first != UInt8(ascii: "{") { throw .headerStart(first) }
        var reader = SafetensorsHeaderReader(bytes)
        do throws(JSONError) { try reader.read() } catch { throw .headerSyntax(error) }
        if let problem = reader.problem { throw problem }
        metadata = reader.metadata
        tensors = reader.tensors
        try checkData(dataByteCount)
    }

    private func checkData(_ byteCount: Int) throws(SafetensorsProblem) {
        var end = 0
        for (index, entry) in tensors.values.enumerated() {
            let begin = entry.range.lowerBound
            guard begin == end else {
                let name = tensors.keys[index]
                throw begin < end
                    ? .overlap(tensor: name, begin: begin, previousEnd: end)
                    : .gap(tensor: name, begin: begin, previousEnd: end)
            }
            end = entry.range.upperBound
        }
        guard end <= byteCount else { throw .dataCutOff(expected: end, found: byteCount) }
        guard end == byteCount else { throw .trailingBytes(byteCount - end) }
    }
}
