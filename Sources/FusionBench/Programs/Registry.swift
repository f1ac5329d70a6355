public import Configuration

extension TargetRegistry {
    /// Everything that a configuration of FusionBench can name, one line a target.
    public static var fusionBench: TargetRegistry {
        var registry = TargetRegistry()
        registry.registerGreetingProgram()
        registry.registerFabricModelFusionProgram()
        registry.registerLoggers()
        registry.registerLegacyNames()
        return registry
    }
}
