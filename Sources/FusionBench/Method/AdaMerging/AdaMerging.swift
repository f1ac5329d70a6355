import Checkpoints
import Configuration
import Datasets
import Fabric
import Logging
import Models
import OperatingSystem
import OrderedCollections
import Tensors

/// Merges by task vectors whose coefficients are learned on unlabeled test images: those with which the merged model is the
/// least uncertain, θ₀ + Σ λ · τ with λ = argmin Σ H(softmax of logits).
///
/// Yang et al.: "AdaMerging: Adaptive Model Merging for Multi-Task Learning" (ICLR 2024, arXiv 2310.02575).
struct AdaMerging: AlignedFusionMethod {
    /// Which parameters share a coefficient.
    enum Scope: String, Sendable {
        /// All of a model.
        case taskWise = "Task-wise AdaMerging"
        /// Those of a layer: each tensor by itself.
        case layerWise = "Layer-wise AdaMerging"
    }

    /// Coefficients that are given, so that nothing is learned.
    enum GivenCoefficients: Sendable, Equatable {
        case numbers([Double])
        case file(String)
    }

    let scope: Scope
    let given: GivenCoefficients?
    /// The coefficients before the first step; nil for 1/T.
    let initialValue: Double?
    /// Whether coefficients are cut to [0, 1] where they are used.
    let isClamped: Bool
    let learningRate: Double
    /// The images of each task in a step.
    let batchSize: Int
    let stepCount: Int
    /// Where the coefficients are saved; nil for nowhere.
    let savePath: String?

    var methodName: String { scope.rawValue }

    private static let log = Logger(label: "fusion_bench.method.adamerging")

    func problems(with models: AlignedModels, of pool: ModelPool) -> [String] {
        guard pool.family == .clipVision else { return ["\(methodName) needs a pool of CLIP vision models"] }
        do {
            let configuration = try AdaptationData.visionConfiguration(of: models, in: pool)
            _ = try parameters(of: models, configuration)
            if given != nil { return try problems(with: coefficients(configuration, models)) }
        } catch {
            return ["\(methodName): \(error)"]
        }
        return AdaptationData.problems(with: pool).map { "\(methodName): \($0)" }
    }

    func fuse(_ models: AlignedModels, of pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let configuration = try AdaptationData.visionConfiguration(of: models, in: pool)
        let parameters = try parameters(of: models, configuration)
        var coefficients = try coefficients(configuration, models)
        if given == nil {
            let data = try AdaptationData(pool, batchSize: batchSize, in: context)
            let training = CoefficientTraining(
                name: methodName, coefficients: coefficients, vectors: try TaskVectors(parameters), data: data,
                configuration: configuration, learningRate: learningRate,
                stepCount: context.isFastDevelopmentRun ? min(1, stepCount) : stepCount)
            let (trained, record) = try training.run(in: context)
            coefficients = trained
            try save(coefficients, in: context)
            try record.save(in: context)
        }
        // In the order of the checkpoint again.
        let used = coefficients.used
        let layers = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.key, $0) })
        let weights = models.parameters.map { used[coefficients.isLayerWise ? layers[$0.key] ?? 0 : 0] }
        let ones = [Float](repeating: 1, count: weights.count)
        return .model(models.fused(TaskVectorMerger(weights: weights, scalingFactors: ones)))
    }

    /// The parameters in the order in which PyTorch lists them, which is that of the coefficients.
    private func parameters(
        of models: AlignedModels, _ configuration: CLIPVisionConfiguration
    ) throws -> [AlignedParameter] {
        let known = Dictionary(uniqueKeysWithValues: models.parameters.map { ($0.key, $0) })
        let names = configuration.parameterNames
        let missing = names.filter { known[$0] == nil }
        guard missing.isEmpty, known.count == names.count else {
            let others = Set(known.keys).subtracting(names).sorted()
            throw FusionError.several(
                missing.map { "the models have no '\($0)'" } + others.map { "a vision tower has no '\($0)'" })
        }
        return names.compactMap { known[$0] }
    }

    private func coefficients(
        _ configuration: CLIPVisionConfiguration, _ models: AlignedModels
    ) throws -> MergingCoefficients {
        let layers = scope == .layerWise ? configuration.parameterNames.count : nil
        let start = MergingCoefficients(initialValue, models: models.models.count, layers: layers, isClamped: isClamped)
        let found: Tensor
        switch given {
        case nil: return start
        case .numbers(let numbers): found = Tensor(numbers.map { Float($0) })
        case .file(let path): found = try TensorFile.read(path).converted(to: .float32)
        }
        guard found.shape == start.tensor.shape else {
            throw FusionError.several([
                "'weights' has the shape \(found.shape), where \(start.tensor.shape) is expected: one for each model"
                    + (layers == nil ? "" : " and parameter")
            ])
        }
        return MergingCoefficients(found, isClamped: isClamped)
    }

    private func problems(with coefficients: MergingCoefficients) -> [String] {
        coefficients.tensor.array(of: Float.self).allSatisfy(\.isFinite)
            ? [] : ["\(methodName): 'weights' holds numbers that are infinite or none"]
    }

    /// Saves the coefficients as `torch.save` does: layer-wise ones in the output directory unless the path begins with `/`
    /// or `.`, task-wise ones where the path leads from the working directory, as the reference does.
    private func save(_ coefficients: MergingCoefficients, in context: FusionContext) throws {
        guard let savePath else { return }
        let isInOutput = scope == .layerWise && !savePath.hasPrefix("/") && !savePath.hasPrefix(".")
        let path = isInOutput ? FileSystem.join(context.outputDirectory, savePath) : savePath
        let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "archive"
        let tensor = coefficients.tensor
        try context.fabric.save(
            PyTorchTensorWriter.file(tensor.array(of: Float.self), shape: tensor.shape, name: name), to: path,
            "merging weights")
        Self.log.info("saved the merging weights to \(FileSystem.display(path))")
    }
}
