import Tensors

/// An array that `numpy.save` wrote: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
struct NumPyArray {
    let tensor: Tensor

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    private static let dtypes: [String: DType] = ["<f2": .float16, "<f4": .float32, "<f8": .float64]

    /// Reads a file of floating-point numbers in little-endian order, row by row.
    ///
    /// - Throws: `CheckpointError` if it is something else, or damaged.
    init(_ path: String) throws {
        let file = try CheckpointFile(path)
        func malformed(_ problem: String) -> CheckpointError { .malformed(path: path, problem: problem) }
        let start = try file.read(0..<min(12, file.byteCount))
        guard start.count == 12, start.starts(with: Self.magic) else {
            throw malformed("this is no array of NumPy")
        }
        // Version 1 has two bytes for the length of the header, later ones four.
        let lengthEnd = start[6] == 1 ? 10 : 12
        let length = start[8..<lengthEnd].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= min(file.byteCount - lengthEnd, 1 << 16) else { throw malformed("its header is cut off") }
        let dataStart = lengthEnd + length
        let header = String(decoding: try file.read(lengthEnd..<dataStart), as: UTF8.self)
        guard let type = Self.value("descr", in: header), let dtype = Self.dtypes[type.filter { $0 != "'" }] else {
            throw malformed(
                "its type is \(Self.value("descr", in: header) ?? "missing"); read are '<f2', '<f4' and '<f8'")
        }
        guard Self.value("fortran_order", in: header) == "False" else {
            throw malformed("its order is not row by row")
        }
        guard let sizes = Self.shape(in: header), let shape = Shape(checking: sizes) else {
            throw malformed("its shape cannot be read")
        }
        let count = dtype.byteCount(elements: shape.elementCount) ?? 0
        guard file.byteCount == dataStart + count else {
            throw CheckpointError.truncated(path: path, expected: dataStart + count, found: file.byteCount)
        }
        tensor = try file.read(dataStart..<dataStart + count).withUnsafeBytes {
            try Tensor(copying: $0, shape: shape, dtype: dtype)
        }
    }

    /// What stands after a key of the header, up to the next comma.
    private static func value(_ key: String, in header: String) -> String? {
        guard let range = header.firstRange(of: "'\(key)':") else { return nil }
        return String(header[range.upperBound...].drop { $0 == " " }.prefix { $0 != "," && $0 != "}" })
    }

    private static func shape(in header: String) -> [Int]? {
        guard let range = header.firstRange(of: "'shape':"),
            let open = header[range.upperBound...].firstIndex(of: "("),
            let close = header[open...].firstIndex(of: ")")
        else { return nil }
        var sizes: [Int] = []
        for part in header[header.index(after: open)..<close].split(separator: ",") {
            let digits = part.filter { $0 != " " }
            if digits.isEmpty { continue }
            guard let size = Int(digits), size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }
}
