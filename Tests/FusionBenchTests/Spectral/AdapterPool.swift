import Checkpoints
import OrderedCollections
import Tensors
import TestSupport

@testable import FusionBench

/// A small base and LoRA adapters of it, in files.
struct AdapterPool {
    /// Where the files are; they go with it.
    let directory: ScratchDirectory
    /// Names and places, in the order of the pool.
    let models: [(name: String, path: String)]

    /// The matrices that have adapters, `[outputs, inputs]`.
    static let modules: [(name: String, shape: Shape, dtype: DType)] = [
        ("layers.0.attn.q_proj", [24, 12], .bfloat16), ("layers.1.attn.q_proj", [24, 12], .bfloat16),
        ("layers.0.mlp.fc", [16, 20], .float32),
    ]
    static let alpha = 6.0

    /// Writes a base, and an adapter of each rank.
    init(ranks: [Int] = [2, 2, 2]) throws {
        directory = try ScratchDirectory()
        let base =
            Self.modules.map { TensorDescription(name: $0.name + ".weight", dtype: $0.dtype, shape: $0.shape) } + [
                TensorDescription(name: "layers.0.norm.weight", dtype: .float32, shape: [12])
            ]
        try Self.write(base, "base", to: directory.path("base.safetensors"))
        var models = [("_pretrained_", directory.path("base.safetensors"))]
        for (number, rank) in ranks.enumerated() {
            let name = ["a", "b", "c", "d"][number]
            try directory.write(
                "\(name)/adapter_config.json",
                "{\"peft_type\": \"LORA\", \"r\": \(rank), \"lora_alpha\": \(Self.alpha), \"target_modules\": [\"fc\"]}"
            )
            let factors = Self.modules.flatMap { module in
                [
                    TensorDescription(
                        name: Self.factor(module.name, "A"), dtype: .float32, shape: [rank, module.shape.dimensions[1]]),
                    TensorDescription(
                        name: Self.factor(module.name, "B"), dtype: .float32, shape: [module.shape.dimensions[0], rank]),
                ]
            }
            try Self.write(factors, name, to: directory.path("\(name)/adapter_model.safetensors"))
            models.append((name, directory.path(name)))
        }
        self.models = models
    }

    static func factor(_ module: String, _ letter: String) -> String {
        "base_model.model.\(module).lora_\(letter).weight"
    }

    private static func write(_ tensors: [TensorDescription], _ purpose: String, to path: String) throws {
        let writer = try SafetensorsWriter(path: path, tensors: tensors, metadata: nil)
        try writer.create()
        for tensor in tensors {
            var values = [Float](repeating: 0, count: tensor.shape.elementCount)
            values.withUnsafeMutableBufferPointer {
                RandomStream(seed: 8, purpose: purpose, name: tensor.name).fillUniform($0)
                for index in $0.indices { $0[index] = ($0[index] - 0.5) / 4 }
            }
            var bytes = [UInt8](repeating: 0, count: tensor.byteCount ?? 0)
            bytes.withUnsafeMutableBytes { bytes in
                values.withUnsafeBufferPointer { FloatArithmetic.encode($0, tensor.dtype, into: bytes) }
            }
            try bytes.withUnsafeBytes { try writer.write($0, to: tensor.name, at: 0) }
        }
        try writer.finish(flushing: false)
    }

    /// A stored factor in `float64`.
    func factor(_ model: String, _ module: String, _ letter: String) throws -> Tensor {
        try SafetensorsFile(directory.path("\(model)/adapter_model.safetensors")).stateDict
            .tensor(Self.factor(module, letter)).readTensor().converted(to: .float64)
    }

    /// A tensor of the base in `float64`.
    func base(_ name: String) throws -> Tensor {
        try SafetensorsFile(directory.path("base.safetensors")).stateDict.tensor(name).readTensor()
            .converted(to: .float64)
    }

    /// α/r·B·A of a model.
    func delta(_ model: String, _ module: String) throws -> Tensor {
        let (a, b) = (try factor(model, module, "A"), try factor(model, module, "B"))
        return b.matrixProduct(a, scale: Self.alpha / Double(a.size(0)))
    }
}

extension MergedTensor {
    /// The largest difference from a tensor of `float64`, relative to its largest magnitude.
    func error(from expected: Tensor) -> Double {
        let numbers = expected.array(of: Double.self)
        let scale = numbers.map(abs).max() ?? 0
        let difference = zip(values, numbers).map { abs(Double($0) - $1) }.max() ?? 0
        return difference == 0 ? 0 : difference / scale
    }
}
