import Configuration

/// Merges nothing: the result is every model of the pool by itself, the pretrained one first.
///
/// Evaluated, these are what merges are measured against.
struct IndividualModels: FusionMethod {
    var methodName: String { "Individual models" }

    func problems(with pool: ModelPool) -> [String] {
        Self.names(pool).isEmpty ? ["\(ModelPoolError.empty)"] : []
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        .models(try Self.names(pool).map { ($0, FusedModel(copying: try pool.load($0))) })
    }

    private static func names(_ pool: ModelPool) -> [String] {
        (pool.hasPretrained ? [ModelPool.pretrainedName] : []) + pool.modelNames
    }
}

extension TargetRegistry {
    mutating func registerIndividualModels() {
        register("fusion_bench.method.IndividualModels") { IndividualModels() }
    }
}
