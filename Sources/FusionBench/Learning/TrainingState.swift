import OrderedCollections
import Tensors

/// Everything that a training has changed so far: with it, another run goes on as if the first had never stopped.
struct TrainingState: Sendable {
    /// The number of steps that are done.
    var step: Int
    /// Weights, moments, and what has been logged, by names that the training chooses.
    var tensors: OrderedDictionary<String, Tensor>
}

/// How a job keeps the state of long work, and whether it goes on from one that was kept.
public struct TrainingSettings: Sendable, Equatable {
    /// The directory of states.
    public var directory: String
    /// What tells the job from others: what decides its result, in YAML.
    public var recipe: String
    /// After how many steps the state is kept; nil for never.
    public var saveInterval: Int?
    /// Whether a state that was kept is gone on from.
    public var resumes: Bool

    /// Settings.
    public init(directory: String, recipe: String, saveInterval: Int? = nil, resumes: Bool = false) {
        self.directory = directory
        self.recipe = recipe
        self.saveInterval = saveInterval
        self.resumes = resumes
    }
}
