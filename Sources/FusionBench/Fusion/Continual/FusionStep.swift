/// A state of a model that grows with each model of a pool.
public struct FusionStep: Sendable {
    /// The names of the models that it is made of, in the order in which they came.
    public let modelNames: [String]
    /// The model after the last of these.
    public let model: FusedModel

    /// A state.
    public init(modelNames: [String], model: FusedModel) {
        self.modelNames = modelNames
        self.model = model
    }
}

/// What is kept of the steps of a continual fusion, besides its result.
public struct FusionStepRecord: Sendable {
    /// Whether each state is saved, in a folder of the job's output directory.
    public var savesEveryStep: Bool
    /// Whether each state is evaluated on the tasks of its models.
    public var evaluatesEveryStep: Bool

    /// What is kept.
    public init(savesEveryStep: Bool, evaluatesEveryStep: Bool) {
        self.savesEveryStep = savesEveryStep
        self.evaluatesEveryStep = evaluatesEveryStep
    }

    /// Whether anything is kept of a state that is not the last one.
    public var isNeeded: Bool { savesEveryStep || evaluatesEveryStep }

    /// The folders of the states' checkpoints, of which step k has `merged_model_k`.
    static let checkpointFolder = "checkpoints"
    /// The file with the names of the models in the order in which they came.
    static let orderFileName = "model_names.json"

    /// The folder of one state.
    static func checkpointName(_ step: Int) -> String { "merged_model_\(step)" }

    /// The report on one state.
    static func reportName(_ step: Int) -> String { "report_\(step).json" }
}
