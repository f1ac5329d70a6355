import Fabric
import JSON
import Logging
import OperatingSystem

/// Keeps what a continual fusion leaves behind: the order of the models, and checkpoints and reports of its states.
struct FusionStepKeeper: FusionStepReceiver {
    let pool: ModelPool
    let taskPool: (any TaskPool)?
    let saveOptions: SaveOptions
    /// What the states are made by; what they are made of is found where it is needed.
    let provenance: Provenance
    let inputs: KnownInputDigests
    let context: FusionContext

    private static let log = Logger(label: "fusion_bench.programs.fabric_fusion_program")

    /// Keeps what the method wants kept; nothing of results without steps.
    ///
    /// - Parameter result: The result of the method.
    /// - Throws: An error of reading, merging, writing, or of the evaluation.
    func keep(_ result: FusionResult) throws {
        guard case .steps(let steps, let record) = result, let last = steps.last else { return }
        try begin(last.names, record: record)
        for step in steps { try receive(step, record: record) }
    }

    func begin(_ names: [String], record: FusionStepRecord) throws {
        try save(.array(names.map { .string($0) }), as: record.orderFileName, "order of steps")
    }

    func receive(_ step: FusionStep, record: FusionStepRecord) throws {
        let number = step.names.count - 1
        if record.savesEveryStep { try save(step.model, number) }
        if record.evaluatesEveryStep { try evaluate(step, as: record.reportName(number)) }
    }

    private func save(_ model: FusedModel, _ step: Int) throws {
        let folder = FileSystem.join(context.outputDirectory, FusionStepRecord.checkpointFolder)
        let directory = FileSystem.join(folder, FusionStepRecord.checkpointName(step))
        var provenance = provenance
        provenance.inputs = try inputs.digests(for: saveOptions)
        let writer = try FusedModelWriter(
            model, of: pool, to: directory, options: saveOptions, provenance: provenance)
        try writer.write(in: context)
        Self.log.info("saved the merged model of step \(step) to \(FileSystem.display(directory))")
    }

    /// Evaluates a state on the tasks that it knows.
    private func evaluate(_ step: FusionStep, as fileName: String) throws {
        guard let tasks = taskPool?.restricted(to: step.names) else { return }
        let report = try tasks.evaluate(step.model, of: pool, in: context)
        try save(report.json, as: fileName, "report of a step")
    }

    private func save(_ value: JSONValue, as name: String, _ what: String) throws {
        let path = FileSystem.join(context.outputDirectory, name)
        try context.fabric.save(Array(value.text(indent: 2).utf8), to: path, what)
    }
}
