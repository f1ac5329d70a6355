import Fabric
import JSON
import Logging
import OperatingSystem

/// Keeps what a continual fusion leaves behind: the order of the models, and checkpoints and reports of its states.
struct FusionStepKeeper {
    let parts: FusionParts
    let program: FabricModelFusionProgram
    let context: FusionContext

    private static let log = Logger(label: "fusion_bench.programs.fabric_fusion_program")

    /// Keeps what the method wants kept; nothing of other results.
    ///
    /// - Parameters:
    ///   - result: The result of the method.
    ///   - inputs: What the models are made of; asked for where it is needed.
    /// - Throws: An error of reading, merging, writing, or of the evaluation.
    func keep(_ result: FusionResult, inputs: () throws -> InputDigests) throws {
        guard case .steps(let steps, let record) = result, let last = steps.last else { return }
        let names = JSONValue.array(last.modelNames.map { .string($0) })
        try save(names, as: FusionStepRecord.orderFileName, "order of models")
        for step in steps {
            let number = step.modelNames.count - 1
            if record.savesEveryStep { try save(step.model, number, inputs()) }
            if record.evaluatesEveryStep { try evaluate(step, number) }
        }
    }

    private func save(_ model: FusedModel, _ step: Int, _ inputs: InputDigests) throws {
        let folder = FileSystem.join(context.outputDirectory, FusionStepRecord.checkpointFolder)
        let directory = FileSystem.join(folder, FusionStepRecord.checkpointName(step))
        let writer = try FusedModelWriter(
            model, of: parts.pool, to: directory, options: program.settings.saveOptions,
            provenance: program.provenance(parts, inputs: inputs))
        try writer.write(in: context)
        Self.log.info("saved the merged model of step \(step) to \(FileSystem.display(directory))")
    }

    /// Evaluates a state on the tasks of its models.
    private func evaluate(_ step: FusionStep, _ number: Int) throws {
        guard let tasks = parts.taskPool?.restricted(to: step.modelNames) else { return }
        let report = try tasks.evaluate(step.model, of: parts.pool, in: context)
        try save(report.json, as: FusionStepRecord.reportName(number), "report of a step")
    }

    private func save(_ value: JSONValue, as name: String, _ what: String) throws {
        let path = FileSystem.join(context.outputDirectory, name)
        try context.fabric.save(Array(value.text(indent: 2).utf8), to: path, what)
    }
}
