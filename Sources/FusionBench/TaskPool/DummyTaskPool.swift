import Configuration
import JSON
import OrderedCollections
import Tensors

/// Reports how large a model is, and evaluates nothing.
struct DummyTaskPool: TaskPool {
    func evaluate(_ model: FusedModel, of pool: ModelPool, in context: FusionContext) -> EvaluationReport {
        let count = model.parameters.filter(\.dtype.isFloatingPoint).reduce(0) { $0 + $1.shape.elementCount }
        return EvaluationReport(
            json: .object([
                "model_info": .object([
                    "trainable_params": .integer(count), "all_params": .integer(count),
                    "trainable_percentage": .number(count == 0 ? 0 : 1),
                ])
            ]))
    }
}

extension TargetRegistry {
    mutating func registerDummyTaskPool() {
        register(
            "fusion_bench.taskpool.DummyTaskPool", "fusion_bench.taskpool.dummy.DummyTaskPool",
            parameters: Parameter<String?>("model_save_path", default: nil), additional: .areIgnored
        ) { _ in DummyTaskPool() }
    }
}
