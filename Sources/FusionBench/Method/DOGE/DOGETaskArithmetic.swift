import Configuration
import Fabric
import Tensors

/// Task arithmetic with a change of all task vectors that makes them disturb each other less: θ₀ + Σ λₜ·(τₜ + Δ)·maskₜ, over the
/// weights of an encoder's layers.
///
/// Wei et al.: "Modeling multi-task model merging as adaptive projective gradient descent" (2025, arXiv 2501.01230), DOGE TA.
struct DOGETaskArithmetic: DataFreeFusionMethod {
    /// One by the share of the rank that the shared subspace has, in which Δ does not change anything.
    let subspace: Int
    /// How much of each task vector is kept, over all these weights: a percentage if above 1, otherwise a fraction.
    let threshold: Double
    /// η: λₜ of a matrix is this divided by ‖τₜ‖.
    let scalingFactor: Double

    var methodName: String { "DOGE TA" }

    func problems(with models: AlignedModels) -> [String] {
        let numbers =
            ParameterSetting(Double(subspace)).problems("subspace", of: methodName, in: 1...Double.infinity)
            + ParameterSetting(threshold).problems("K", of: methodName, in: 0...100)
        guard !models.parameters.isEmpty else { return numbers }
        let chosen = models.parameters.filter(isChosen)
        if chosen.isEmpty {
            return numbers + [
                "\(methodName) finds no weights of an encoder: names with 'encoder' and 'weight', without 'layer_norm'"
            ]
        }
        return numbers
            + chosen.filter { $0.input.shape.rank != 2 }.map {
                "\(methodName) needs matrices: '\($0.key)' has the shape \($0.input.shape)"
            }
    }

    /// Whether a parameter is merged; all others stay the pretrained model's.
    private func isChosen(_ parameter: AlignedParameter) -> Bool {
        parameter.key.contains("encoder") && parameter.key.contains("weight") && !parameter.key.contains("layer_norm")
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        guard isChosen(parameter) else { return 0 }
        let descent = ProjectiveDescent(subspace: subspace, thresholds: [], scalingFactor: scalingFactor)
        return WholeTensorMemory.byteCount(of: parameter.input, by: descent)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let chosen = models.restricted(to: isChosen)
        let descent = ProjectiveDescent(
            subspace: subspace, thresholds: try thresholds(chosen, in: context), scalingFactor: scalingFactor)
        return .model(
            chosen.fused(
                MatrixFusionMerger(
                    methodName: methodName, fusion: descent,
                    scalingFactors: Array(repeating: 1, count: chosen.parameters.count))))
    }

    /// For each task, the bits of the least magnitude that is kept.
    private func thresholds(_ models: AlignedModels, in context: FusionContext) throws -> [UInt32] {
        let count = models.parameters.reduce(0) { $0 + $1.input.shape.elementCount }
        let rank = count - Int(Double(count) * (threshold > 1 ? threshold / 100 : threshold))
        guard rank > 0 else { return models.models.map { _ in 0 } }
        return try MagnitudeSelection(
            pass: models.pass(.elements, in: context), modelCount: models.models.count, sparsifier: nil
        ).magnitudes(ofRank: rank)
    }
}

extension TargetRegistry {
    mutating func registerDOGETaskArithmetic() {
        register(
            "fusion_bench.method.DOGE_TA_Algorithm", "fusion_bench.method.doge_ta.DOGE_TA_Algorithm",
            "fusion_bench.method.doge_ta.doge_ta.DOGE_TA_Algorithm", parameters: Parameter<Int>("subspace"),
            Parameter<Double>("K"), Parameter<Double>("lamda")
        ) { DOGETaskArithmetic(subspace: $0, threshold: $1, scalingFactor: $2) }
    }
}
