/// A state of a model that grows: with each model of a pool, or with each task that it learns.
public struct FusionStep: Sendable {
    /// The names of the models that it is made of, or of the tasks that it has learned, in the order in which they came.
    public let names: [String]
    /// The model after the last of these.
    public let model: FusedModel

    /// A state.
    public init(names: [String], model: FusedModel) {
        self.names = names
        self.model = model
    }
}

/// What is kept of the steps of a continual fusion, besides its result, and under which names.
public struct FusionStepRecord: Sendable {
    /// Whether each state is saved, in a folder of the job's output directory.
    public var savesEveryStep: Bool
    /// Whether each state is evaluated on the tasks that it knows.
    public var evaluatesEveryStep: Bool
    /// The file with the names of models or tasks in the order in which they came.
    public var orderFileName: String
    /// What the files of reports begin with: that on step k is `report_k.json`.
    public var reportPrefix: String

    /// What is kept.
    public init(
        savesEveryStep: Bool, evaluatesEveryStep: Bool, orderFileName: String = "model_names.json",
        reportPrefix: String = "report"
    ) {
        self.savesEveryStep = savesEveryStep
        self.evaluatesEveryStep = evaluatesEveryStep
        self.orderFileName = orderFileName
        self.reportPrefix = reportPrefix
    }

    /// Whether anything is kept of a state that is not the last one.
    public var isNeeded: Bool { savesEveryStep || evaluatesEveryStep }

    /// The folders of the states' checkpoints, of which step k has `merged_model_k`.
    static let checkpointFolder = "checkpoints"

    /// The folder of one state.
    static func checkpointName(_ step: Int) -> String { "merged_model_\(step)" }

    /// The report on one state.
    func reportName(_ step: Int) -> String { "\(reportPrefix)_\(step).json" }
}
