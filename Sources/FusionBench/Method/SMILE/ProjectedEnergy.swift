import Configuration
import Fabric
import OperatingSystem
import Tensors

/// Measures how much of each task vector lies in the parts of the pretrained matrix's singular vectors: the shares of ‖τ‖² of
/// its projections, for all weights of linear layers.
///
/// Merges nothing. Tang et al.: "SMILE: zero-shot sparse mixture of low-rank experts construction from pre-trained foundation
/// models" (2024, arXiv 2408.10174).
struct ProjectedEnergy: DataFreeFusionMethod {
    /// The name of the table.
    static let fileName = "projected_energy_analysis.csv"

    var methodName: String { "Projected energy" }

    func problems(with models: AlignedModels) -> [String] {
        guard !models.parameters.isEmpty, !models.parameters.contains(where: Self.isLinear) else { return [] }
        return ["\(methodName) finds no weights of linear layers"]
    }

    func wholeTensorByteCount(of parameter: AlignedParameter) -> Int {
        guard Self.isLinear(parameter) else { return 0 }
        let (rows, columns) = (parameter.input.shape.dimensions[0], parameter.input.shape.dimensions[1])
        return WholeTensorMemory.values(parameter.input.shape, inputs: parameter.input.models.count + 1)
            + WholeTensorMemory.matrices(3, rows, columns)
            + WholeTensorMemory.singularVectors(rows, columns, min(rows, columns))
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let weights = models.restricted(to: Self.isLinear)
        let rows = try energies(weights, in: context)
        let path = FileSystem.join(context.outputDirectory, Self.fileName)
        try context.fabric.save(Array(csv(weights, rows).utf8), to: path, "table of energies")
        return .nothing
    }

    /// Whether it is the weight of a linear layer that has any entries.
    private static func isLinear(_ parameter: AlignedParameter) -> Bool {
        parameter.input.shape.elementCount > 0
            && LinearWeights.contains(parameter.key, parameter.input.shape)
    }

    /// For each weight, the shares in part I, in II, and in II and III, one model after another.
    ///
    /// - Throws: An error of reading.
    func energies(_ weights: AlignedModels, in context: FusionContext) throws -> [[Double]] {
        let pass = weights.pass(.tensors, in: context)
        let progress = context.fabric.progress(total: pass.units.count, description: "energies", unit: "matrix")
        let rows = try context.fabric.collect("energies", units: pass.units) { unit in
            let sizes = weights.parameters[unit.parameter].input.shape.dimensions
            return SpectralCost.singularVectors(sizes[0], sizes[1], min(sizes[0], sizes[1]))
        } work: { unit in
            var shares: [Double] = []
            try pass.read(unit) { stretch in
                guard let vectors = TaskMatrices(stretch) else { return }
                shares = try Self.shares(vectors)
            }
            progress.advance()
            return shares
        }
        try progress.finish()
        return rows
    }

    private static func shares(_ vectors: TaskMatrices) throws -> [Double] {
        let subspace = try PretrainedSubspace(of: vectors.pretrainedMatrix(), count: -1)
        return try (0..<vectors.count).flatMap { task in
            let vector = try vectors.vector(task)
            let whole = (vector * vector).sum().number
            return [PretrainedSubspace.Part.low, .high, .highAndNull].map { part in
                let projection = subspace.projection(of: vector, onto: part)
                // A task that has changed nothing has no energy anywhere.
                return whole > 0 ? (projection * projection).sum().number / whole : 0
            }
        }
    }

    /// The table, with the columns of the reference.
    private func csv(_ weights: AlignedModels, _ rows: [[Double]]) -> String {
        var text =
            ",model_name,module_index,module_name,projected_energy_I,projected_energy_II,projected_energy_II_III\n"
        var number = 0
        for (task, name) in weights.modelNames.enumerated() {
            for (index, parameter) in weights.parameters.enumerated() {
                let module = parameter.key.split(separator: ".").dropLast().joined(separator: ".")
                let numbers = rows[index][3 * task..<3 * task + 3].map { "\($0)" }.joined(separator: ",")
                text += "\(number),\(CosineTable.quoted(name)),\(index),\(module),\(numbers)\n"
                number += 1
            }
        }
        return text
    }
}

extension TargetRegistry {
    mutating func registerProjectedEnergy() {
        register(
            "fusion_bench.method.smile_upscaling.projected_energy.ProjectedEnergyAnalysis",
            "fusion_bench.method.smile_upscaling.ProjectedEnergyAnalysis"
        ) { ProjectedEnergy() }
    }
}
