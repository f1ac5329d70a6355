import Checkpoints
import JSON
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// The files that `make_pytorch_fixtures.py` wrote.
enum PyTorchFixtures {
    static let directory = Repository.directory + "/Tests/CheckpointsTests/Fixtures/pytorch"

    static func path(_ name: String) -> String { "\(directory)/\(name)" }

    static func bytes(_ name: String) throws -> [UInt8] { try FileSystem.read(path(name)) }

    /// What is in a file.
    struct Expectation: Sendable, CustomTestStringConvertible {
        let name: String
        let form: PyTorchFile.Form
        let key: String?
        let skipped: [[String]]
        let tensors: [Tensor]

        struct Tensor: Sendable {
            let name: String
            let dtype: DType
            let shape: [Int]
            let bytes: [UInt8]
        }

        var testDescription: String { name }
    }

    /// What is in the files that can be read.
    static let expectations: [Expectation] = {
        guard let text = try? bytes("expected.json"), let files = (try? JSONValue(parsing: text))?.object else {
            return []
        }
        return files.map { name, content in
            Expectation(
                name: name, form: content["form"]?.string == "zip" ? .zip : .pickles, key: content["key"]?.string,
                skipped: (content["skipped"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) },
                tensors: (content["tensors"]?.object ?? [:]).map { name, tensor in
                    Expectation.Tensor(
                        name: name, dtype: DType(rawValue: tensor["dtype"]?.string ?? "") ?? .float4,
                        shape: (tensor["shape"]?.array ?? []).compactMap(\.int),
                        bytes: hexadecimal(tensor["bytes"]?.string ?? ""))
                })
        }
    }()

    private static func hexadecimal(_ text: String) -> [UInt8] {
        let digits = text.utf8.map { $0 >= 0x61 ? $0 - 0x61 + 10 : $0 - 0x30 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
