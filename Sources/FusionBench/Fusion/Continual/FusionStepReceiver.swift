/// Gets the states of a model that grows as soon as they are there.
///
/// Methods whose steps take long hand them over on the way, so that nobody waits for the last one, and no state stays in
/// memory. Others give all of them back as their result, `FusionResult.steps`.
public protocol FusionStepReceiver: Sendable {
    /// Gets to know what the states will be made of, before the first one.
    ///
    /// All ranks call it together.
    ///
    /// - Parameters:
    ///   - names: Of all models or tasks, in the order in which they will come.
    ///   - record: What is kept.
    /// - Throws: An error of writing.
    func begin(_ names: [String], record: FusionStepRecord) throws

    /// Keeps a state.
    ///
    /// All ranks call it together.
    ///
    /// - Parameters:
    ///   - step: The state.
    ///   - record: What is kept.
    /// - Throws: An error of reading, merging, writing, or of the evaluation.
    func receive(_ step: FusionStep, record: FusionStepRecord) throws
}
