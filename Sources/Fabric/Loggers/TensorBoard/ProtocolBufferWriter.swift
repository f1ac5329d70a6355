/// Writes messages in the wire format of protocol buffers.
struct ProtocolBufferWriter {
    private(set) var bytes: [UInt8] = []

    /// A message with the fields that a body writes.
    static func message(_ body: (inout ProtocolBufferWriter) -> Void) -> [UInt8] {
        var writer = ProtocolBufferWriter()
        body(&writer)
        return writer.bytes
    }

    /// A field of type `int64`, `int32` or an enumeration.
    mutating func integer(_ field: Int, _ value: Int) {
        tag(field, 0)
        variableLength(UInt64(bitPattern: Int64(value)))
    }

    /// A field of type `double`.
    mutating func double(_ field: Int, _ value: Double) {
        tag(field, 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    /// A field of type `float`.
    mutating func float(_ field: Int, _ value: Float) {
        tag(field, 5)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    /// A field of type `string`.
    mutating func string(_ field: Int, _ text: String) { data(field, Array(text.utf8)) }

    /// A field that is a message.
    mutating func message(_ field: Int, _ body: (inout ProtocolBufferWriter) -> Void) {
        data(field, Self.message(body))
    }

    /// A field of type `bytes`.
    mutating func data(_ field: Int, _ data: [UInt8]) {
        tag(field, 2)
        variableLength(UInt64(data.count))
        bytes += data
    }

    private mutating func tag(_ field: Int, _ wireType: UInt64) { variableLength(UInt64(field) << 3 | wireType) }

    private mutating func variableLength(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
