import Configuration

/// Returns the pretrained model as it is, or the first one if there is none.
struct DummyMethod: FusionMethod {
    var methodName: String { "Dummy" }

    func problems(with pool: ModelPool) -> [String] {
        do {
            _ = try pool.loadPretrainedOrFirst()
            return []
        } catch {
            return ["\(error)"]
        }
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        .model(FusedModel(copying: try pool.loadPretrainedOrFirst()))
    }
}

extension TargetRegistry {
    mutating func registerDummyMethod() {
        register("fusion_bench.method.DummyAlgorithm", "fusion_bench.method.dummy.DummyAlgorithm") {
            DummyMethod()
        }
    }
}
