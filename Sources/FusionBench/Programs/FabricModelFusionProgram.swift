import Configuration
import Fabric
import Logging
import OrderedCollections

/// Fuses the models of a pool by a method and evaluates the result on a pool of tasks.
struct FabricModelFusionProgram: Program {
    let method: ConfigurationValue
    let modelPool: ConfigurationValue
    let taskPool: ConfigurationValue?
    let printsConfiguration: Bool
    let isDryRun: Bool
    let allowsNonFinite: Bool
    let seed: UInt64?
    let savePath: String?
    let surroundings: ProgramSurroundings

    private static let log = Logger(label: "fusion_bench.programs.fabric_fusion_program")

    func run() throws {
        if printsConfiguration {
            let tree = ConfigurationTree(console: surroundings.console, order: ["method", "modelpool", "taskpool"])
            surroundings.console.write(tree.text(surroundings.configuration))
        }
        if isDryRun {
            Self.log.info("The program is running in dry-run mode. Exiting.")
            return
        }
        // All three are tried before any failure is reported: what can be known early is told together.
        var errors = ErrorCollector()
        func make(_ value: ConfigurationValue?, _ legacy: TargetRegistry.LegacyKind) throws -> Any? {
            guard let value, !value.isNull else { return nil }
            return try errors.collect {
                try surroundings.instantiator.instantiate(value, legacy: legacy, recursive: false)
            }
        }
        let loggers = try errors.collect {
            try MetricLoggers.make(surroundings.configuration["fabric"]?["loggers"], surroundings.instantiator)
        }
        Self.log.info("loading model pool")
        let pool = try make(modelPool, .modelPool) as? ModelPool
        Self.log.info("loading method")
        let method = try make(method, .method) as? any FusionMethod
        Self.log.info("loading task pool")
        _ = try make(taskPool, .taskPool)
        try errors.throwCollected()
        surroundings.fabric.use(loggers ?? [])
        guard let pool, let method else { return }
        let context = FusionContext(
            fabric: surroundings.fabric, seed: seed ?? 0, allowsNonFinite: allowsNonFinite,
            outputDirectory: surroundings.outputDirectory)
        let result = try method.fuse(pool, in: context)
        if let savePath, case .model(let model) = result {
            try FusedModelWriter(context: context).write(model, modelNames: pool.modelNames, to: savePath)
        }
    }
}

extension TargetRegistry {
    mutating func registerFabricModelFusionProgram() {
        register(
            "fusion_bench.programs.FabricModelFusionProgram",
            "fusion_bench.programs.fabric_fusion_program.FabricModelFusionProgram",
            parameters: Parameter<ConfigurationValue>("method"), Parameter<ConfigurationValue>("modelpool"),
            Parameter<ConfigurationValue?>("taskpool", default: nil), Parameter("print_config", default: true),
            Parameter("dry_run", default: false), Parameter<Bool>("fast_dev_run", default: false),
            Parameter<Int?>("seed", default: nil), Parameter<String?>("report_save_path", default: nil),
            Parameter<String?>("merged_model_save_path", default: nil),
            Parameter<ConfigurationValue?>("merged_model_save_kwargs", default: nil),
            Parameter("print_function_call", default: true), Parameter("allow_non_finite", default: false),
            additional: .areIgnored
        ) {
            method, modelPool, taskPool, printsConfiguration, isDryRun, _, seed, _, savePath, _, _, allowsNonFinite in
            ProgramFactory { surroundings in
                FabricModelFusionProgram(
                    method: method, modelPool: modelPool, taskPool: taskPool,
                    printsConfiguration: printsConfiguration, isDryRun: isDryRun, allowsNonFinite: allowsNonFinite,
                    seed: seed.map { UInt64(bitPattern: Int64($0)) }, savePath: savePath, surroundings: surroundings)
            }
        }
    }
}
