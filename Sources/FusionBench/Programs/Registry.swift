public import Configuration

extension TargetRegistry {
    /// Everything that a configuration of FusionBench can name, one line a target.
    public static var fusionBench: TargetRegistry {
        var registry = TargetRegistry()
        registry.registerGreetingProgram()
        registry.registerFabricModelFusionProgram()
        registry.registerLoggers()
        registry.registerModelPools()
        registry.registerBitDelta()
        registry.registerCausalLanguageModelMethods()
        registry.registerDepthUpscaling()
        registry.registerDummyMethod()
        registry.registerEMRMerging()
        registry.registerExPO()
        registry.registerExPOForLlama()
        registry.registerLinearInterpolation()
        registry.registerMagMax()
        registry.registerMagnitudeDifferencePruning()
        registry.registerModelStock()
        registry.registerSimpleAverage()
        registry.registerSlerp()
        registry.registerTaskArithmetic()
        registry.registerTaskVectorCosineSimilarity()
        registry.registerTaskVectorViolinPlot()
        registry.registerTIESMerging()
        registry.registerWeightPruning()
        registry.registerWeightedAverage()
        registry.registerLegacyNames()
        return registry
    }
}
