import Models
import Networks
import OrderedCollections
import Tensors

/// A vision tower of CLIP of which all parameters are trained, or low-rank factors beside them.
struct TrainableTower: Sendable {
    let configuration: CLIPVisionConfiguration
    /// All parameters, before training.
    let base: OrderedDictionary<String, Tensor>
    let adaptation: LowRankAdaptation?
    /// The factors before training; empty without an adaptation.
    private let factors: OrderedDictionary<String, Tensor>

    /// A tower.
    ///
    /// - Parameters:
    ///   - base: All parameters, `float32`.
    ///   - configuration: The sizes of the tower.
    ///   - adaptation: How factors are trained in place of the parameters; nil to train all parameters.
    init(
        _ base: OrderedDictionary<String, Tensor>, _ configuration: CLIPVisionConfiguration,
        adaptation: LowRankAdaptation?
    ) {
        self.base = base
        self.configuration = configuration
        self.adaptation = adaptation
        factors = adaptation?.initialFactors ?? [:]
    }

    /// What is trained, before the first step.
    var initialParameters: OrderedDictionary<String, Tensor> { adaptation?.trained(factors) ?? base }

    /// All factors, with those that have been trained.
    func factors(_ trained: OrderedDictionary<String, Tensor>) -> OrderedDictionary<String, Tensor> {
        factors.merging(trained) { $1 }
    }

    /// The network in training.
    ///
    /// - Parameters:
    ///   - trained: What is trained, traced.
    ///   - step: The number of the step.
    ///   - firstExample: The place of the first image in the step.
    /// - Returns: The network.
    /// - Throws: `ParameterError` if the parameters are not those of a tower of this configuration.
    func network(
        _ trained: OrderedDictionary<String, Tensor>, step: Int, firstExample: Int
    ) throws(ParameterError) -> CLIPVisionModel {
        let adapters = adaptation?.adapters(factors(trained), step: step, firstExample: firstExample) ?? [:]
        return try Parameters(adaptation == nil ? trained : base, adapters: adapters).makeNetwork {
            CLIPVisionModel($0, configuration)
        }
    }

    /// All parameters after training, with what the factors add.
    func parameters(_ trained: OrderedDictionary<String, Tensor>) -> OrderedDictionary<String, Tensor> {
        adaptation?.merged(factors(trained), into: base) ?? trained
    }
}
