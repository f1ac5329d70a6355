/// A file of the format in which MNIST is published: bytes in several dimensions.
///
/// Source: Y. LeCun, C. Cortes, C. J. C. Burges: *The MNIST database of handwritten digits*, the file format.
struct IDXFile: Equatable {
    /// How many there are along each dimension.
    let dimensions: [Int]
    /// The elements, the last dimension first.
    let elements: ArraySlice<UInt8>

    /// Reads a file that is not compressed.
    ///
    /// - Throws: What is wrong, as a clause.
    init(parsing bytes: [UInt8]) throws(IDXProblem) {
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else { throw .init("it does not begin like an IDX file") }
        guard bytes[2] == 8 else { throw .init("its elements have type \(bytes[2]), and only bytes (8) are read") }
        let start = 4 + 4 * Int(bytes[3])
        guard bytes.count >= start else { throw .init("it is cut off in its header") }
        dimensions = (0..<Int(bytes[3])).map { dimension in
            bytes[4 + 4 * dimension..<8 + 4 * dimension].reduce(0) { $0 << 8 | Int($1) }
        }
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw .init("its sizes \(dimensions) are too large") }
            count = product
        }
        guard bytes.count - start == count else {
            throw .init("its sizes \(dimensions) ask for \(count) bytes, and \(bytes.count - start) follow")
        }
        elements = bytes[start...]
    }
}

/// Why bytes are no IDX file.
struct IDXProblem: Error, Equatable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
