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
        registry.registerDummyMethod()
        registry.registerMagMax()
        registry.registerSimpleAverage()
        registry.registerSlerp()
        registry.registerTaskArithmetic()
        registry.registerTIESMerging()
        registry.registerWeightedAverage()
        registry.registerLegacyNames()
        return registry
    }
}
