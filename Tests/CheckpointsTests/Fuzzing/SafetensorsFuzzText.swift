import JSON
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport

@testable import Checkpoints

/// Bytes for the readers of headers and indices.
enum SafetensorsFuzzText {
    /// Headers alone, without the length before them.
    static let header = FuzzText(
        alphabet: [
            "{", "}", "[", "]", ":", ",", "\"", " ", "\\", "\\u0000", "\\ud800", "\"a\":", "\"__metadata__\":",
            "\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"F32\"", "\"F4\"", "\"U8\"", "\"BOOL\"", "null", "0",
            "1", "2",
            "3", "4", "8", "-1", "1.5", "1e2", "9223372036854775807", "18446744073709551615", "[0,0]", "[0,4]", "[4,8]",
            "[]", "[1]", "[2]", "{}", "{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}",
            "{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[1,5]}",
        ],
        corpus: SafetensorsFixture.all.compactMap { headerBytes($0.path) },
        special: { random in
            switch random.below(3) {
            case 0: Array(repeatElement(UInt8(ascii: "["), count: random.below(100_000)))
            case 1: Array("{\"a\":".utf8) + repeatElement(UInt8(ascii: "{"), count: random.below(300))
            default: valid(&random)
            }
        })

    static let index = FuzzText(
        alphabet: [
            "{", "}", "[", "]", ":", ",", "\"", " ", "\"weight_map\":", "\"metadata\":", "\"total_size\":", "\"a\":",
            "\"b\":",
            "\"model-00001-of-00002.safetensors\"", "\"model-00002-of-00002.safetensors\"", "\"../x\"", "\"/x\"",
            "\"x//y\"",
            "\"\"", "\".\"", "\"a\\u0000b\"", "null", "1", "{}", "\"large\":", "\"model.bin\"",
            "\"sub/model.safetensors\"",
        ],
        corpus: ["sharded/model.safetensors.index.json", "expected.json"].compactMap {
            try? FileSystem.read("\(SafetensorsFixture.directory)/\($0)")
        },
        special: { random in
            Array("{\"weight_map\":".utf8) + repeatElement(UInt8(ascii: "{"), count: random.below(1000))
        })

    private static func headerBytes(_ path: String) -> [UInt8]? {
        guard let bytes = try? FileSystem.read(path), bytes.count >= 8 else { return nil }
        let count = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        return Array(bytes[8..<8 + count])
    }

    /// The header of a file with random tensors.
    private static func valid(_ random: inout SplitMix64) -> [UInt8] {
        let tensors = (0..<random.below(20)).map { number in
            let dimensions = (0..<random.below(4)).map { _ in random.below(4) * 8 }
            return TensorDescription(
                name: "t\(number)", dtype: random.pick(DType.allCases),
                shape: Shape(dimensions.isEmpty ? [8] : dimensions))
        }
        guard let header = try? SafetensorsHeader(layingOut: tensors, metadata: ["k": "v"]).encoded() else { return [] }
        return Array(header[8...])
    }
}
