public import Configuration

extension TargetRegistry {
    /// Everything that a configuration of FusionBench can name, one line a target.
    public static var fusionBench: TargetRegistry {
        var registry = TargetRegistry()
        registry.registerGreetingProgram()
        registry.registerFabricModelFusionProgram()
        registry.registerLoggers()
        registry.registerModelPools()
        registry.registerCLIPVisionModelTaskPool()
        registry.registerDummyTaskPool()
        registry.registerBitDelta()
        registry.registerBreadcrumbs()
        registry.registerCausalLanguageModelMethods()
        registry.registerDARE()
        registry.registerDELLA()
        registry.registerDepthUpscaling()
        registry.registerDummyMethod()
        registry.registerEMRMerging()
        registry.registerExPO()
        registry.registerExPOForLlama()
        registry.registerKarcherMean()
        registry.registerLinearInterpolation()
        registry.registerMagMax()
        registry.registerMagnitudeDifferencePruning()
        registry.registerModelStock()
        registry.registerMultiSLERP()
        registry.registerNearSwap()
        registry.registerNuSLERP()
        registry.registerPassthrough()
        registry.registerSCE()
        registry.registerSimpleAverage()
        registry.registerSlerp()
        registry.registerTaskArithmetic()
        registry.registerTaskVectorCosineSimilarity()
        registry.registerTaskVectorViolinPlot()
        registry.registerTIESMerging()
        registry.registerWeightedAverage()
        registry.registerWeightPruning()
        registry.registerLegacyNames()
        return registry
    }
}
