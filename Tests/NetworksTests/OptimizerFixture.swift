import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport

/// What PyTorch's optimizers and schedules do; see Fixtures/generate_optimizers.py.
struct OptimizerFixture: Decodable {
    typealias Numbers = [String: [Double]]

    struct Case: Decodable {
        let trajectory: [Numbers]
    }

    struct Clipping: Decodable {
        let maximum: Double
        let norm: Double
        let clipped: Numbers
    }

    let shapes: [String: [Int]]
    let initial: Numbers
    let gradients: [Numbers]
    let optimizers: [String: Case]
    let schedules: [String: [Double]]
    let clipping: [Clipping]

    static func load() throws -> OptimizerFixture {
        let path = Repository.directory + "/Tests/NetworksTests/Fixtures/optimizers.json"
        return try JSONDecoder().decode(OptimizerFixture.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func tensors(_ numbers: Numbers, _ dtype: DType = .float32) throws -> OrderedDictionary<String, Tensor> {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for name in numbers.keys.sorted() {
            tensors[name] = try Tensor(numbers[name] ?? [], shape: Shape(shapes[name] ?? [])).converted(to: dtype)
        }
        return tensors
    }

    /// The optimizers of the generator, with the same arguments.
    static let makers: [(name: String, make: @Sendable () -> any Optimizer)] = [
        ("sgd", { SGD(learningRate: 0.1) }),
        ("sgd_momentum", { SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 1e-2) }),
        ("sgd_dampening", { SGD(learningRate: 0.05, momentum: 0.8, dampening: 0.3, maximizes: true) }),
        ("sgd_nesterov", { SGD(learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3, isNesterov: true) }),
        ("adam", { Adam() }),
        (
            "adam_decay",
            { Adam(learningRate: 0.01, betas: (0.8, 0.95), epsilon: 1e-6, weightDecay: .inGradient(0.1)) }
        ),
        ("adam_amsgrad", { Adam(learningRate: 0.01, usesLargestMeanSquare: true, maximizes: true) }),
        ("adamw", { Adam(learningRate: 0.02, weightDecay: .decoupled(0.01)) }),
        (
            "adamw_amsgrad",
            {
                Adam(
                    learningRate: 0.02, betas: (0.4, 0.9), weightDecay: .decoupled(0.2), usesLargestMeanSquare: true)
            }
        ),
    ]

    /// The schedules of the generator, with the same arguments.
    static let schedules: [(name: String, schedule: any LearningRateSchedule)] = [
        ("cosine", CosineSchedule(stepCount: 12, minimum: 0.01)),
        ("cosine_to_zero", CosineSchedule(stepCount: 20)),
        ("linear", LinearSchedule(startFactor: 0.25, endFactor: 0.75, stepCount: 8)),
        ("constant", ConstantFactorSchedule(factor: 0.5, stepCount: 4)),
        ("step", StepSchedule(interval: 6, factor: 0.3)),
        ("exponential", StepSchedule(interval: 1, factor: 0.9)),
    ]
}
