public import Fabric

/// What surrounds a fusion.
public struct FusionContext: Sendable {
    /// The ranks of the job.
    public let fabric: Fabric
    /// The seed of random methods.
    public let seed: UInt64
    /// Whether values that are infinite or not numbers are merged like others.
    public let allowsNonFinite: Bool
    /// The job's output directory, where methods write files that no key gives another place.
    public let outputDirectory: String
    /// Where results that a later run can use again are kept; nil for nowhere.
    public let cacheDirectory: String?
    /// Whether the run only tries things out: task pools look at one batch, unless they say otherwise.
    public let isFastDevelopmentRun: Bool
    /// How methods that learn keep their state.
    public let training: TrainingSettings
    /// What trainings of the job have kept.
    let trainingStates = TrainingStates()
    /// Who gets the states of a model that grows, where the method does not wait for the last; nil to keep none.
    public var stepReceiver: (any FusionStepReceiver)?

    /// Surroundings of a fusion.
    public init(
        fabric: Fabric, seed: UInt64, allowsNonFinite: Bool = false, outputDirectory: String = ".",
        cacheDirectory: String? = nil, isFastDevelopmentRun: Bool = false,
        training: TrainingSettings? = nil
    ) {
        self.fabric = fabric
        self.seed = seed
        self.allowsNonFinite = allowsNonFinite
        self.outputDirectory = outputDirectory
        self.cacheDirectory = cacheDirectory
        self.isFastDevelopmentRun = isFastDevelopmentRun
        self.training = training ?? TrainingSettings(directory: outputDirectory, recipe: "")
    }
}
