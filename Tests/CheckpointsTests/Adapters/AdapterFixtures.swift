import Checkpoints
import OperatingSystem
import Tensors
import TestSupport

/// The adapters that `make_adapter_fixtures.py` wrote.
enum AdapterFixtures {
    static let directory = Repository.directory + "/Tests/CheckpointsTests/Fixtures/adapters"

    static let names = FileSystem.names(in: directory)

    static func stateDict(_ name: String, _ file: String) throws -> LazyStateDict {
        try PyTorchFile("\(directory)/\(name)/\(file)").stateDict
    }

    static func settings(_ name: String) throws -> String {
        String(decoding: try FileSystem.read("\(directory)/\(name)/adapter_config.json"), as: UTF8.self)
    }

    static func adapter(_ name: String) throws -> LoRAAdapter {
        LoRAAdapter(
            configuration: try LoRAConfiguration(parsing: Array(settings(name).utf8), path: name),
            tensors: try stateDict(name, "adapter_model.bin"))
    }
}

extension LazyTensor {
    /// All elements as numbers; nil if they are none.
    func numbers() throws -> [Double]? {
        let bytes = try readAll()
        return bytes.withUnsafeBytes { bytes in
            switch dtype {
            case .float16:
                (0..<elementCount).map { Double(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self)) }
            case .bfloat16:
                (0..<elementCount).map {
                    let bits = bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self)
                    return Double(Float(bitPattern: UInt32(bits) << 16))
                }
            case .float32:
                (0..<elementCount).map { Double(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
            case .float64: (0..<elementCount).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
            default: nil
            }
        }
    }
}

/// Elements that lie in memory.
struct MemoryElements: TensorSource {
    let bytes: [UInt8]

    func read(_ elements: Range<Int>, of dtype: DType, into buffer: UnsafeMutableRawBufferPointer) throws {
        let width = dtype.byteCount ?? 0
        buffer.copyBytes(from: bytes[elements.lowerBound * width..<elements.upperBound * width])
    }
}

extension LazyTensor {
    /// A tensor in memory.
    init(_ shape: Shape, _ numbers: [Float]) {
        self.init(
            dtype: .float32, shape: shape, source: MemoryElements(bytes: numbers.withUnsafeBytes { Array($0) }))
    }
}
