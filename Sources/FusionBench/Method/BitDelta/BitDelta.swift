import Configuration
import OperatingSystem
import Tensors

/// Keeps one bit for each entry of the task vector, its sign, and one scale for each matrix: θ₀ + α·sign(θ₁ − θ₀).
///
/// Liu et al.: "BitDelta: your fine-tune may only be worth one bit" (2024, arXiv 2402.10193), without the training of the
/// scales: α is the mean magnitude of the matrix's entries.
struct BitDelta: DataFreeFusionMethod {
    /// Where the compressed task vector is written; nil for the job's output directory.
    let saveDirectory: String?
    /// Whether the whole model is saved there, too.
    let savesModel: Bool

    /// The file of the compressed task vector.
    static let fileName = "diff_untrained.safetensors"
    /// The folder of the whole model.
    static let modelFolder = "uncalibrated_model"

    var methodName: String { "BitDelta" }
    var modelCounts: ClosedRange<Int> { 1...1 }
    var modelSavePath: String? { savesModel ? saveDirectory.map { FileSystem.join($0, Self.modelFolder) } : nil }

    func modelSavePath(in context: FusionContext) -> String? {
        savesModel ? FileSystem.join(directory(context), Self.modelFolder) : nil
    }

    private func directory(_ context: FusionContext) -> String { saveDirectory ?? context.outputDirectory }

    func problems(with models: AlignedModels) -> [String] {
        guard !models.parameters.isEmpty, !models.parameters.contains(where: isCompressed) else { return [] }
        return ["\(methodName) finds no projections in attention and MLP, which it compresses"]
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let compressed = models.restricted(to: isCompressed)
        let scales = try scales(compressed, in: context)
        let delta = CompressedTaskVector(models: models, compressed: compressed, scales: scales)
        try delta.write(to: FileSystem.join(directory(context), Self.fileName), in: context)
        let compressedKeys = Set(compressed.parameters.map(\.key))
        var number = 0
        return .model(
            models.fused(BitDeltaMerger(scales: scales)) { parameter in
                guard compressedKeys.contains(parameter.key) else {
                    return .copy(parameter.input.models[0], model: models.modelNames[0])
                }
                defer { number += 1 }
                return .merge(compressed.parameters[number].input)
            })
    }

    /// α of each compressed parameter: mean |θ₁ − θ₀|.
    ///
    /// - Throws: An error of reading.
    func scales(_ compressed: AlignedModels, in context: FusionContext) throws -> [Float] {
        let sums = try compressed.pass(.elements, in: context).sums("magnitudes", count: 1) { stretch in
            stretch.models.map { FloatArithmetic.absoluteSum($0, base: stretch.pretrained) }
        }
        return zip(compressed.parameters, sums).map { parameter, sums in
            Float(sums[0] / Double(max(1, parameter.input.shape.elementCount)))
        }
    }

    /// Whether a parameter is the matrix of a projection in attention or MLP.
    private func isCompressed(_ parameter: AlignedParameter) -> Bool {
        let parts = parameter.key.split(separator: ".")
        guard parameter.input.shape.rank == 2, parts.count >= 2, parts[parts.count - 1] == "weight" else {
            return false
        }
        let module = parts.dropLast(2).joined(separator: ".")
        return parts[parts.count - 2].contains("proj") && (module.contains("self_attn") || module.contains("mlp"))
    }
}

/// θ₀ + α·b, where b is −1 where the task vector is negative, otherwise 1.
private struct BitDeltaMerger: ParameterMerger {
    /// α of each parameter.
    let scales: [Float]

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        guard let base = stretch.pretrained, let model = stretch.models.first else { return }
        let scale = scales[stretch.parameter]
        for index in merged.indices {
            merged[index] = base[index] + (model[index] - base[index] < 0 ? -scale : scale)
        }
    }
}

extension TargetRegistry {
    mutating func registerBitDelta() {
        register(
            "fusion_bench.method.bitdelta.BitDeltaAlgorithm", "fusion_bench.method.BitDeltaAlgorithm",
            "fusion_bench.method.bitdelta.bitdelta.BitDeltaAlgorithm", parameters: Parameter<String?>("save_dir"),
            Parameter("save_full_model", default: false), Parameter("lr", default: 1e-4),
            Parameter("batch_size", default: 4), Parameter("num_steps", default: 100),
            Parameter("dataset_name", default: "c4"), Parameter<String?>("subset", default: "en"),
            Parameter("split", default: "train"), Parameter("max_length", default: 128)
        ) { directory, savesModel, _, _, _, _, _, _, _ in
            BitDelta(saveDirectory: directory, savesModel: savesModel)
        }
    }
}
