public import Configuration

/// A way of making one model, or several, of the models of a pool.
public protocol FusionMethod: Sendable {
    /// The name of the method, for messages.
    var methodName: String { get }

    /// What is wrong with a pool for this method, as far as names and headers tell; empty if nothing is.
    func problems(with pool: ModelPool) -> [String]

    /// The tasks on which the method has its states evaluated on the way: a task pool must know them.
    ///
    /// - Parameter pool: A pool without problems.
    /// - Returns: Their names; none of most methods.
    /// - Throws: An error of reading the pool's data sets.
    func evaluatedTaskNames(with pool: ModelPool) throws -> [String]

    /// Describes what the method makes of the pool, after the passes over it that this needs.
    ///
    /// All ranks do it together. The pool has no problems.
    ///
    /// - Throws: `FusionError`, or an error of reading.
    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult

    /// Where the method's own configuration wants the result saved, besides where the program saves it; nil for nowhere.
    var modelSavePath: String? { get }

    /// The same for a job: methods whose default is a place in the output directory say which.
    func modelSavePath(in context: FusionContext) -> String?

    /// The bytes that a thread holds at once for each tensor that it needs as a whole, roughly; none if tensors are cut.
    ///
    /// - Parameter pool: A pool without problems.
    /// - Returns: One number for each such tensor.
    /// - Throws: An error of reading a model's headers.
    func wholeTensorByteCounts(with pool: ModelPool) throws -> [Int]

    /// How the result is saved there: what `merged_model_save_kwargs` is for the program; nil for as usual.
    var modelSaveArguments: ConfigurationValue? { get }
}

extension FusionMethod {
    /// Most methods are evaluated when they are done.
    public func evaluatedTaskNames(with pool: ModelPool) -> [String] { [] }
    /// Most methods leave saving to the program.
    public var modelSavePath: String? { nil }
    /// Where the configuration says.
    public func modelSavePath(in context: FusionContext) -> String? { modelSavePath }
    /// Most methods cut tensors.
    public func wholeTensorByteCounts(with pool: ModelPool) -> [Int] { [] }
    /// As usual.
    public var modelSaveArguments: ConfigurationValue? { nil }
}
