import JSON
import OperatingSystem
import TestSupport
import Testing

/// The files that Python made, and what it reads from them.
struct SafetensorsFixture: Sendable, CustomTestStringConvertible {
    struct Tensor: Sendable {
        let name: String
        let dtype: String
        let shape: [Int]
        let bytes: [UInt8]
    }

    static let directory = Repository.directory + "/Tests/CheckpointsTests/Fixtures/safetensors"

    static let all: [SafetensorsFixture] = {
        guard let bytes = try? FileSystem.read(directory + "/expected.json"),
            let files = try? JSONValue(parsing: bytes).object
        else { return [] }
        return files.map { SafetensorsFixture(name: $0, $1) }
    }()

    let name: String
    /// Nil if the file has no place for it.
    let metadata: [String: String]?
    /// In the order of their data.
    let tensors: [Tensor]

    private init(name: String, _ value: JSONValue) {
        self.name = name
        metadata = value["metadata"]?.object.map { object in
            Dictionary(uniqueKeysWithValues: object.map { ($0, $1.string ?? "") })
        }
        tensors = (value["tensors"]?.array ?? []).map { tensor in
            Tensor(
                name: tensor["name"]?.string ?? "", dtype: tensor["dtype"]?.string ?? "",
                shape: (tensor["shape"]?.array ?? []).compactMap(\.int),
                bytes: Self.bytes(ofHexadecimal: tensor["bytes"]?.string ?? ""))
        }
    }

    var path: String { "\(Self.directory)/\(name).safetensors" }
    var testDescription: String { name }

    private static func bytes(ofHexadecimal text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }
}

/// A safetensors file from the text of its header, with the length before it and so many bytes of data after it.
func safetensorsBytes(header: String, dataByteCount: Int = 0) -> [UInt8] {
    let json = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
        + (0..<dataByteCount).map { UInt8(truncatingIfNeeded: $0) }
}
