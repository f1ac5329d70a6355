public import Configuration

extension TargetRegistry {
    /// Everything that a configuration of FusionBench can name, one line a target.
    public static var fusionBench: TargetRegistry {
        var registry = TargetRegistry()
        registry.registerGreetingProgram()
        registry.registerFabricModelFusionProgram()
        registry.registerLoggers()
        registry.registerModelPools()
        registry.registerDummyTaskPool()
        registry.registerBreadcrumbs()
        registry.registerDARE()
        registry.registerDELLA()
        registry.registerDummyMethod()
        registry.registerKarcherMean()
        registry.registerMagMax()
        registry.registerMultiSLERP()
        registry.registerNearSwap()
        registry.registerNuSLERP()
        registry.registerPassthrough()
        registry.registerSCE()
        registry.registerSimpleAverage()
        registry.registerSlerp()
        registry.registerTaskArithmetic()
        registry.registerTIESMerging()
        registry.registerWeightedAverage()
        registry.registerLegacyNames()
        return registry
    }
}
