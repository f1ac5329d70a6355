public import Configuration

/// The data sets of a model pool, one for each task, and the image processor: what methods need that learn.
public struct PoolData: Sendable {
    /// `train_datasets`: by the names of tasks, with labels.
    public var trainSets: ConfigurationValue?
    /// `test_datasets`: by the names of tasks.
    public var testSets: ConfigurationValue?
    /// `processor`: the directory of the image processor and the tokenizer.
    public var processor: ModelReference?

    /// Data of a pool; none by default.
    public init(
        trainSets: ConfigurationValue? = nil, testSets: ConfigurationValue? = nil, processor: ModelReference? = nil
    ) {
        self.trainSets = trainSets
        self.testSets = testSets
        self.processor = processor
    }
}
