import Checkpoints
import Fabric
import Models
import Networks
import OrderedCollections
import Tensors

/// Vision towers whose task vectors keep few singular values: each by itself, and all as experts of one tower.
///
/// Tang et al.: "SMILE: zero-shot sparse mixture of low-rank experts construction from pre-trained foundation models" (2024,
/// arXiv 2408.10174).
struct UpscaledTowers: Sendable {
    private let models: AlignedModels
    private let configuration: CLIPVisionConfiguration
    private let ranks: Ranks
    /// The factors of each task vector, by the names of the weights of linear layers.
    private let factors: [String: [TaskVectorFactors]]

    /// How much is kept.
    struct Ranks: Sendable {
        /// The right singular vectors that choose an expert.
        let gate: Int
        /// The singular values of a task vector.
        let expert: Int
        /// The experts that a token goes to.
        let chosen: Int
    }

    /// The weights that are decomposed before other ranks get the factors.
    private static let groupSize = 16

    /// Decomposes the task vectors of all linear layers; all ranks do it together.
    ///
    /// - Throws: An error of reading, or of decomposing.
    init(
        _ models: AlignedModels, _ configuration: CLIPVisionConfiguration, _ ranks: Ranks, in context: FusionContext
    ) throws {
        self.models = models
        self.configuration = configuration
        self.ranks = ranks
        let weights = models.restricted { LinearWeights.contains($0.key, $0.input.shape) }
        let pass = weights.pass(.tensors, in: context)
        let count = max(ranks.gate, ranks.expert)
        let progress = context.fabric.progress(total: pass.units.count, description: "experts", unit: "matrix")
        var factors: [String: [TaskVectorFactors]] = [:]
        for start in stride(from: 0, to: pass.units.count, by: Self.groupSize) {
            let units = Array(pass.units[start..<min(start + Self.groupSize, pass.units.count)])
            let rows = try context.fabric.collect("experts", units: units) { unit in
                let sizes = weights.parameters[unit.parameter].input.shape.dimensions
                return SpectralCost.singularVectors(sizes[0], sizes[1], count)
            } work: { unit in
                var numbers: [Float] = []
                try pass.read(unit) { stretch in
                    guard let vectors = TaskMatrices(stretch) else { return }
                    for task in 0..<vectors.count {
                        numbers += try TaskVectorFactors(of: vectors.vector(task), count: count).numbers
                    }
                }
                progress.advance()
                return numbers
            }
            for (unit, row) in zip(units, rows) {
                let parameter = weights.parameters[unit.parameter]
                let sizes = parameter.input.shape.dimensions
                var numbers = row[...]
                factors[parameter.key] = models.models.map { _ in
                    TaskVectorFactors(from: &numbers, rows: sizes[0], columns: sizes[1])
                }
            }
        }
        try progress.finish()
        self.factors = factors
    }

    /// The tower of a model as it is.
    ///
    /// - Throws: An error of reading, `ParameterError`.
    func finetuned(_ model: Int) throws -> CLIPVisionModel { try tower(tensors(of: model)) }

    /// The tower of a model whose linear layers have θ₀ + what is kept of τ as weights; all else is the model's own.
    ///
    /// - Throws: An error of reading, `ParameterError`.
    func lowRank(_ model: Int) throws -> CLIPVisionModel {
        var tensors = try tensors(of: model)
        for (key, factors) in factors {
            let pretrained = try pretrainedTensor(key)
            tensors[key] = pretrained + factors[model].approximation(rank: ranks.expert)
        }
        return try tower(tensors)
    }

    /// The pretrained tower with what is kept of all task vectors as experts of its linear layers.
    ///
    /// Where no task has changed a weight, a layer stays as it is. Everything but linear layers is the pretrained model's.
    ///
    /// - Throws: An error of reading, `ParameterError`.
    func mixture() throws -> CLIPVisionModel {
        var adapters: OrderedDictionary<String, any LinearAdapter> = [:]
        for parameter in models.parameters {
            guard let factors = factors[parameter.key], !factors.allSatisfy(\.isZero) else { continue }
            let module = String(parameter.key.dropLast(".weight".count))
            let biases = try biasVectors(module + ".bias")
            let experts = factors.enumerated().map { model, factors in
                factors.expert(gateRank: ranks.gate, rank: ranks.expert, bias: biases?[model])
            }
            adapters[module] = LowRankExperts(experts, chosenCount: ranks.chosen)
        }
        return try tower(tensors(of: nil), adapters: adapters)
    }

    private func tower(
        _ tensors: OrderedDictionary<String, Tensor>, adapters: OrderedDictionary<String, any LinearAdapter> = [:]
    ) throws -> CLIPVisionModel {
        try Parameters(tensors, adapters: adapters).makeNetwork { CLIPVisionModel($0, configuration) }
    }

    /// τ of a bias, for each model; nil if there is no such parameter.
    private func biasVectors(_ key: String) throws -> [Tensor]? {
        guard let bias = models.parameters.first(where: { $0.key == key }) else { return nil }
        let pretrained = try pretrainedTensor(key)
        return try bias.input.models.map { try $0.readTensor().converted(to: .float32) - pretrained }
    }

    private func pretrainedTensor(_ key: String) throws -> Tensor {
        guard let tensor = models.pretrained?.tensors[key] else {
            preconditionFailure("Task vectors are differences from a pretrained model")
        }
        return try tensor.readTensor().converted(to: .float32)
    }

    /// The tensors of a model, or of the pretrained one.
    private func tensors(of model: Int?) throws -> OrderedDictionary<String, Tensor> {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for parameter in models.parameters {
            tensors[parameter.key] =
                try model.map { try parameter.input.models[$0].readTensor().converted(to: .float32) }
                ?? pretrainedTensor(parameter.key)
        }
        return tensors
    }
}
