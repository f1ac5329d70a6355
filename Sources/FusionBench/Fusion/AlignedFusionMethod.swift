/// A method that looks at the tensors of one name in all models at once.
public protocol AlignedFusionMethod: FusionMethod {
    /// Whether it cannot do without the pretrained model.
    var needsPretrained: Bool { get }
    /// Whether it uses the pretrained model if there is one.
    var takesPretrained: Bool { get }
    /// The numbers of models that it can fuse, without the pretrained one.
    var modelCounts: ClosedRange<Int> { get }
    /// Whether special models count as others, in the order of the pool.
    var takesSpecialModels: Bool { get }
    /// The bytes that a thread holds at once for one parameter that it needs as a whole, roughly; 0 if it is cut.
    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int
    /// What else is wrong, now that the models are known.
    func problems(with models: AlignedModels, of pool: ModelPool) -> [String]
    /// Describes what the method makes of the models, and of what else the pool has: its data sets.
    ///
    /// - Throws: `FusionError`, or an error of reading.
    func fuse(_ models: AlignedModels, of pool: ModelPool, in context: FusionContext) throws -> FusionResult
}

extension AlignedFusionMethod {
    /// Most methods add task vectors to it.
    public var needsPretrained: Bool { true }
    /// Only if it cannot do without.
    public var takesPretrained: Bool { needsPretrained }
    /// Any number.
    public var modelCounts: ClosedRange<Int> { 1...Int.max }
    /// They do not, as a rule.
    public var takesSpecialModels: Bool { false }
    /// Most methods cut tensors.
    public func wholeTensorByteCount(of parameter: AlignedParameter) -> Int { 0 }
    /// The models whose tensors are merged.
    private func names(_ pool: ModelPool) -> [String] { takesSpecialModels ? pool.allNames : pool.modelNames }

    /// Which models are there, and whether their tensors have the same names and shapes.
    public func problems(with pool: ModelPool) -> [String] {
        let names = names(pool)
        var problems: [String] = []
        if needsPretrained, !pool.hasPretrained { problems.append("\(FusionError.noPretrained(method: methodName))") }
        if !modelCounts.contains(names.count) {
            let (least, most) = (modelCounts.lowerBound, modelCounts.upperBound)
            let number = least == most ? "\(least)" : most == .max ? "at least \(least)" : "\(least) to \(most)"
            let expected = number + (least == 1 && most == 1 ? " model" : " models")
            problems.append(
                "\(FusionError.modelCount(method: methodName, expected: expected, found: names))")
        }
        guard problems.isEmpty else { return problems }
        do {
            let models = try align(pool)
            return problems + models.problems + self.problems(with: models, of: pool)
        } catch {
            return problems + ["\(error)"]
        }
    }

    /// What each parameter needs.
    public func wholeTensorByteCounts(with pool: ModelPool) throws -> [Int] {
        try align(pool).parameters.map(wholeTensorByteCount).filter { $0 > 0 }
    }

    private func align(_ pool: ModelPool) throws -> AlignedModels {
        try pool.aligned(
            names: names(pool), withPretrained: !takesSpecialModels && takesPretrained && pool.hasPretrained)
    }

    /// Aligns the models, then fuses them.
    public func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        try fuse(try align(pool), of: pool, in: context)
    }
}

/// An aligned method that needs the models only.
public protocol DataFreeFusionMethod: AlignedFusionMethod {
    /// What else is wrong, now that the models are known.
    func problems(with models: AlignedModels) -> [String]
    /// Describes what the method makes of the models.
    ///
    /// - Throws: `FusionError`, or an error of reading.
    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult
}

extension DataFreeFusionMethod {
    /// Nothing.
    public func problems(with models: AlignedModels) -> [String] { [] }
    /// What is wrong with the models.
    public func problems(with models: AlignedModels, of pool: ModelPool) -> [String] { problems(with: models) }
    /// What it makes of the models.
    public func fuse(_ models: AlignedModels, of pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        try fuse(models, in: context)
    }
}
