public import Tensors

/// Writes one tensor as `torch.save` does, so that `torch.load` reads it.
///
/// The file is a zip archive without compression: a pickle that describes the tensor, and its elements.
public enum PyTorchTensorWriter {
    /// The bytes of the file.
    ///
    /// - Parameters:
    ///   - elements: The elements, row by row.
    ///   - shape: As many elements as there are; sizes below 2³¹.
    ///   - name: The name of the folder in the archive: the file's without its ending.
    /// - Returns: The whole file.
    public static func file(_ elements: [Float], shape: Shape, name: String) -> [UInt8] {
        precondition(shape.elementCount == elements.count, "A tensor has as many elements as its shape says")
        let data = elements.withUnsafeBytes { Array($0) }
        var archive = StoredZipArchive()
        archive.add("\(name)/data.pkl", pickle(shape))
        archive.add("\(name)/byteorder", Array("little".utf8))
        archive.add("\(name)/data/0", data)
        archive.add("\(name)/version", Array("3\n".utf8))
        return archive.finished
    }

    /// A call of `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`.
    private static func pickle(_ shape: Shape) -> [UInt8] {
        let strides = shape.dimensions.indices.map { shape.dimensions[($0 + 1)...].reduce(1, *) }
        var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]
        func op(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }
        func global(_ module: String, _ name: String) {
            op(.global)
            bytes += Array("\(module)\n\(name)\n".utf8)
        }
        func little(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
        func text(_ text: String) {
            op(.binUnicode)
            bytes += little(text.utf8.count) + Array(text.utf8)
        }
        func number(_ number: Int) {
            op(.binInt)
            bytes += little(number)
        }
        func tuple(_ numbers: [Int]) {
            op(.mark)
            numbers.forEach(number)
            op(.tuple)
        }
        global("torch._utils", "_rebuild_tensor_v2")
        op(.mark)
        op(.mark)
        text("storage")
        global("torch", "FloatStorage")
        text("0")
        text("cpu")
        number(shape.elementCount)
        op(.tuple)
        op(.binPersistentID)
        number(0)
        tuple(shape.dimensions)
        tuple(strides)
        op(.newFalse)
        global("collections", "OrderedDict")
        op(.emptyTuple)
        op(.reduce)
        op(.tuple)
        op(.reduce)
        op(.stop)
        return bytes
    }
}

/// A zip archive whose files are stored as they are: APPNOTE 6.3.3, without its 64-bit fields.
struct StoredZipArchive {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// The first day that the format can name; times would make bytes differ.
    private static let date = 0x21

    mutating func add(_ name: String, _ content: [UInt8]) {
        precondition(bytes.count + content.count < Int(UInt32.max), "Such an archive has less than 4 GiB")
        // Version to read with, flags, method, time, date, CRC, sizes, lengths of name and extra field.
        let common =
            Self.little(10, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(0, 2) + Self.little(Self.date, 2)
            + Self.little(Int(CRC32.checksum(content)), 4) + Self.little(content.count, 4)
            + Self.little(content.count, 4) + Self.little(name.utf8.count, 2) + Self.little(0, 2)
        directory +=
            Self.little(0x0201_4B50, 4) + Self.little(20, 2) + common + Self.little(0, 2) + Self.little(0, 2)
            + Self.little(0, 2) + Self.little(0, 4) + Self.little(bytes.count, 4) + Array(name.utf8)
        bytes += Self.little(0x0403_4B50, 4) + common + Array(name.utf8) + content
        count += 1
    }

    /// The archive with its directory.
    var finished: [UInt8] {
        bytes + directory + Self.little(0x0605_4B50, 4) + Self.little(0, 4) + Self.little(count, 2)
            + Self.little(count, 2) + Self.little(directory.count, 4) + Self.little(bytes.count, 4) + Self.little(0, 2)
    }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}

/// The checksum of zip archives: the polynomial 0x04C11DB7, reflected.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}
