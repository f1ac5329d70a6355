/// A method that is a matrix fusion: θ₀ + λ · (what it makes of the task vectors of matrices, and the mean of the task vectors of
/// everything else).
protocol MatrixFusionMethod: DataFreeFusionMethod {
    associatedtype Fusion: MatrixFusion

    /// What is done with matrices.
    var fusion: Fusion { get }
    /// λ.
    var scalingFactor: ParameterSetting { get }
    /// Names of matrices that are averaged only.
    var excludedKeys: Set<String> { get }
}

extension MatrixFusionMethod {
    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        WholeTensorMemory.byteCount(of: parameter.input, by: fusion)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) -> FusionResult {
        .model(
            models.fused(
                MatrixFusionMerger(
                    methodName: methodName, fusion: fusion,
                    scalingFactors: scalingFactor.values(for: models.parameters.map(\.key), fallback: 1),
                    excludedKeys: excludedKeys)))
    }
}
