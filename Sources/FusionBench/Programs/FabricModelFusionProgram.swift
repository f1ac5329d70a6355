import Configuration
import Fabric
import JSON
import Logging
import OperatingSystem

/// Fuses the models of a pool by a method and evaluates the result on a pool of tasks.
struct FabricModelFusionProgram: Program {
    /// What the configuration asks for.
    struct Settings {
        let method: ConfigurationValue
        let modelPool: ConfigurationValue
        let taskPool: ConfigurationValue?
        let printsConfiguration: Bool
        let isDryRun: Bool
        let isFastDevelopmentRun: Bool
        let seed: Int?
        let reportSavePath: String?
        let modelSavePath: String?
        let saveOptions: SaveOptions
        let allowsNonFinite: Bool
    }

    let settings: Settings
    let surroundings: ProgramSurroundings

    private static let log = Logger(label: "fusion_bench.programs.fabric_fusion_program")

    func run() throws {
        if settings.printsConfiguration {
            let tree = ConfigurationTree(console: surroundings.console, order: ["method", "modelpool", "taskpool"])
            surroundings.console.write(tree.text(surroundings.configuration))
        }
        if settings.isDryRun {
            Self.log.info("The program is running in dry-run mode. Exiting.")
            return
        }
        let parts = try makeParts()
        try checkBeforeRun(parts)
        let fabric = surroundings.fabric
        fabric.use(parts.loggers)
        if let seed { fabric.seedEverything(seed) }
        let inputs = KnownInputDigests(of: parts.pool, on: fabric)
        var context = self.context
        let keeper = FusionStepKeeper(
            pool: parts.pool, taskPool: parts.taskPool, saveOptions: settings.saveOptions,
            provenance: provenance(parts, inputs: .none), inputs: inputs, context: context)
        context.stepReceiver = keeper
        Self.log.info("running \(parts.method.methodName)")
        let start = ContinuousClock.now
        let result = try parts.method.fuse(parts.pool, in: context)
        let fusionSeconds = start.secondsUntilNow
        try keeper.keep(result)
        for place in places(parts, context) {
            try save(result, parts, to: place, inputs: inputs.digests(for: place.options), context)
        }
        try evaluate(result, parts, fusionSeconds: fusionSeconds, inputs, context)
        context.trainingStates.remove()
    }

    func check() throws {
        let parts = try makeParts()
        let check = self.check(of: parts)
        let problems = check.problems()
        if !problems.isEmpty { throw FusionProblems(texts: problems) }
        let rows = try check.table()
        let width = rows.map(\.name.count).max() ?? 0
        for (name, text) in rows {
            let label = name + String(repeating: " ", count: width - name.count)
            surroundings.console.print(surroundings.console.styled(label, .bold) + "  " + text)
        }
        let warnings = check.warnings()
        for text in warnings { surroundings.console.warn(text) }
        let conclusion = warnings.isEmpty ? "Nothing is wrong." : "Nothing keeps it from running."
        surroundings.console.print(surroundings.console.styled(conclusion, .green))
    }

    private var seed: UInt64? { settings.seed.map { UInt64(bitPattern: Int64($0)) } }

    private func makeParts() throws -> FusionParts {
        try FusionParts(
            pool: settings.modelPool, method: settings.method, taskPool: settings.taskPool, surroundings)
    }

    private var context: FusionContext {
        FusionContext(
            fabric: surroundings.fabric, seed: seed ?? 0, allowsNonFinite: settings.allowsNonFinite,
            outputDirectory: surroundings.outputDirectory,
            cacheDirectory: surroundings.configuration["path"]?["cache_dir"]?.string,
            isFastDevelopmentRun: settings.isFastDevelopmentRun, training: training)
    }

    /// States are kept under what decides them, where they do not lie in the way: a run with `--resume` finds them there.
    private var training: TrainingSettings {
        let cache = surroundings.configuration["path"]?["cache_dir"]?.string ?? surroundings.outputDirectory
        return TrainingSettings(
            directory: FileSystem.join(cache, "training"),
            recipe: Provenance.recipe(of: surroundings.configuration, decisive: ["method", "modelpool", "seed"]),
            saveInterval: surroundings.fabric.configuration.saveInterval, resumes: surroundings.resumes)
    }

    private func check(of parts: FusionParts) -> FusionCheck {
        FusionCheck(parts: parts, places: places(parts, context), context: context)
    }

    /// The checks before every run: global zero looks for all.
    private func checkBeforeRun(_ parts: FusionParts) throws {
        guard surroundings.fabric.isGlobalZero else { return }
        let check = check(of: parts)
        let problems = check.problems()
        if !problems.isEmpty { throw FusionProblems(texts: problems) }
        for text in check.warnings() { Self.log.warning("\(text)") }
    }

    /// Where the result is saved: where the program says, and where the method says.
    private func places(_ parts: FusionParts, _ context: FusionContext) -> [SavePlace] {
        var places = settings.modelSavePath.map { [SavePlace(path: filled($0), options: settings.saveOptions)] } ?? []
        if let path = parts.method.modelSavePath(in: context).map(filled), !places.contains(where: { $0.path == path })
        {
            let options = parts.method.modelSaveArguments.flatMap { SaveOptions.decode(.value($0)) }
            places.append(SavePlace(path: path, options: options ?? settings.saveOptions))
        }
        return places
    }

    /// A path with the run's directory in the place of `{log_dir}`.
    private func filled(_ path: String) -> String {
        path.replacing("{log_dir}", with: surroundings.outputDirectory)
    }

    /// What a model card and the metadata say about the making of a model.
    private func provenance(_ parts: FusionParts, inputs: InputDigests) -> Provenance {
        Provenance(
            methodName: parts.method.methodName, configuration: surroundings.configuration, seed: seed, inputs: inputs)
    }

    private func save(
        _ result: FusionResult, _ parts: FusionParts, to place: SavePlace, inputs: InputDigests,
        _ context: FusionContext
    ) throws {
        let provenance = provenance(parts, inputs: inputs)
        for (name, model) in result.models {
            let directory = name.map { FileSystem.join(place.path, $0) } ?? place.path
            let writer = try FusedModelWriter(
                model, of: parts.pool, to: directory, options: place.options, provenance: provenance)
            try writer.write(in: context)
            Self.log.info("saved the merged model to \(FileSystem.display(directory))")
        }
    }

    /// Evaluates the result, shows the report and keeps it.
    private func evaluate(
        _ result: FusionResult, _ parts: FusionParts, fusionSeconds: Double, _ inputs: KnownInputDigests,
        _ context: FusionContext
    ) throws {
        guard let tasks = parts.taskPool else {
            Self.log.info("No task pool specified. Skipping evaluation.")
            return
        }
        guard !result.models.isEmpty else { return }
        let evaluations = try result.evaluations(tasks, of: parts.pool, in: context)
        var report = EvaluationReport(of: evaluations)
        let provenance = Provenance(
            methodName: parts.method.methodName, configuration: surroundings.configuration,
            decisive: ["method", "modelpool", "taskpool"], seed: seed,
            inputs: try inputs.digests(for: settings.saveOptions))
        report.add(provenance)
        surroundings.console.print(report.table ?? report.json.text(indent: 2))
        if surroundings.isPartOfSweep {
            let outcome = JobOutcome(fusionSeconds: fusionSeconds, models: evaluations.map(JobOutcome.Model.init))
            try outcome.save(report, to: surroundings.outputDirectory, on: context.fabric)
        }
        guard let path = settings.reportSavePath else { return }
        try context.fabric.save(Array(report.json.text().utf8), to: filled(path), "report")
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
            Parameter("merged_model_save_kwargs", default: SaveOptions()),
            Parameter("print_function_call", default: true), Parameter("allow_non_finite", default: false),
            additional: .areIgnored
        ) {
            method, modelPool, taskPool, printsConfiguration, isDryRun, isFast, seed, reportPath, savePath, saveOptions,
            _,
            allowsNonFinite in
            let settings = FabricModelFusionProgram.Settings(
                method: method, modelPool: modelPool, taskPool: taskPool, printsConfiguration: printsConfiguration,
                isDryRun: isDryRun, isFastDevelopmentRun: isFast, seed: seed, reportSavePath: reportPath,
                modelSavePath: savePath,
                saveOptions: saveOptions, allowsNonFinite: allowsNonFinite)
            return ProgramFactory { FabricModelFusionProgram(settings: settings, surroundings: $0) }
        }
    }
}
