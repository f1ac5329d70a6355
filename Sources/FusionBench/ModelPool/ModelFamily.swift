/// A kind of model, as far as the names of its tensors are concerned.
public enum ModelFamily: String, Sendable {
    /// Any state dict: names as they stand in the file.
    case generic
    /// The vision tower of CLIP, alone or as a part of the whole.
    case clipVision
    /// A language model that goes on with a text.
    case causalLanguageModel
    /// A language model with a head that classifies sequences.
    case sequenceClassification
    /// A language model that makes one sequence of another.
    case sequenceToSequence
}
