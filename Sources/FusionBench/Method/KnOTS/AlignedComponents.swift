import Checkpoints
import Fabric
import Tensors

/// The task vectors of matrices, each in a basis of its columns that all tasks share.
///
/// Of τ₁ … τ_T of one matrix `[m, n]`, the basis U is that of the left singular vectors of [τ₁ … τ_T] `[m, T·n]`, and task t
/// is Uᵀ·τₜ = Σ·Vₜᵀ `[k, n]` there.
struct AlignedComponents {
    /// Models whose task vectors these are, over pretrained tensors of 0.
    ///
    /// Matrices of which nothing is left are not there.
    let models: AlignedModels
    /// Uᵀ `[k, m]` of each matrix, by its key.
    let bases: [String: LazyTensor]

    /// Decomposes matrices, over all ranks and threads, into a file that goes when nobody reads it any longer.
    ///
    /// - Parameters:
    ///   - models: Models of matrices alone.
    ///   - limit: Singular values up to this are left out.
    ///   - context: What surrounds the fusion.
    /// - Throws: An error of reading, of linear algebra or of writing.
    init(_ models: AlignedModels, above limit: Double, in context: FusionContext) throws {
        let work = AlignmentWork(models: models, limit: limit, context: context)
        let tensors = models.parameters.enumerated().flatMap { work.tensors(of: $0, $1.input) }
        var ranks = [Int64](repeating: 0, count: models.parameters.count)
        let stored = try StoredTensors.make("aligned_components", tensors, in: context) { writer in
            try work.run {
                try writer.write($1, to: $0, at: $2)
            } rank: {
                ranks[$0] = Int64($1)
            }
        }
        ranks = [Int64](fabricBytes: try context.fabric.broadcast(ranks.fabricBytes, "ranks of components"))
        var bases: [String: LazyTensor] = [:]
        var inputs: [String: MergeInput] = [:]
        for (number, parameter) in models.parameters.enumerated() where ranks[number] > 0 {
            let input = parameter.input
            let names = work.names(of: number)
            // The first rows of what there was room for.
            func tensor(_ name: String, _ columns: Int) -> LazyTensor? {
                stored[name].map {
                    LazyTensor(dtype: $0.dtype, shape: [Int(ranks[number]), columns], source: $0.source)
                }
            }
            bases[parameter.key] = tensor(names[0], input.shape.dimensions[0])
            let tasks = names.dropFirst().compactMap { tensor($0, input.shape.dimensions[1]) }
            guard let shape = tasks.first?.shape else { continue }
            inputs[parameter.key] = MergeInput(
                number: number, key: input.key, shape: shape,
                pretrained: LazyTensor(dtype: .float32, shape: shape, source: Zeros()), models: tasks,
                modelNames: input.modelNames)
        }
        self.bases = bases
        self.models = models.restricted { inputs[$0.key] != nil }.replacingInputs { inputs[$0.key] ?? $0.input }
    }
}

/// The decompositions of matrices.
private struct AlignmentWork: Sendable {
    let models: AlignedModels
    let limit: Double
    let context: FusionContext

    /// The names of the tensors of one matrix: its basis, and its tasks.
    func names(of number: Int) -> [String] { (0...models.models.count).map { "\(number).\($0)" } }

    /// The tensors of one matrix, with room for all directions that there can be.
    func tensors(of number: Int, _ input: MergeInput) -> [TensorDescription] {
        let (rows, columns) = (input.shape.dimensions[0], input.shape.dimensions[1])
        let rank = TaskFactors(input).rankLimit
        return names(of: number).enumerated().map { index, name in
            TensorDescription(name: name, dtype: .float32, shape: [rank, index == 0 ? rows : columns])
        }
    }

    /// Decomposes all matrices, those that take longest first.
    ///
    /// - Parameters:
    ///   - write: Takes elements of a tensor, and the number of the first one, on global zero only.
    ///   - rank: Takes the number of directions of a matrix, on global zero only.
    /// - Throws: An error of reading, of linear algebra or of `write`.
    func run(
        write: (String, UnsafeRawBufferPointer, Int) throws -> Void, rank: (Int, Int) -> Void
    ) throws {
        let pass = models.pass(.tensors, in: context)
        let costs = pass.units.map { cost($0, in: pass) }
        let units = pass.units.indices.sorted { (costs[$1], $0) < (costs[$0], $1) }.map { pass.units[$0] }
        let limits = models.parameters.map { TaskFactors($0.input).rankLimit }
        let progress = context.fabric.progress(total: units.count, description: "aligning", unit: "matrix")
        try context.fabric.run("aligning", units: units, cost: { cost($0, in: pass) }) { unit -> [Float] in
            defer { progress.advance() }
            return try aligned(unit, in: pass)
        } deliver: { number, values in
            let parameter = units[number].parameter
            let shape = models.parameters[parameter].input.shape.dimensions
            let widths = [shape[0]] + Array(repeating: shape[1], count: models.models.count)
            let count = values.count / max(1, widths.reduce(0, +))
            rank(parameter, count)
            var start = 0
            for (name, width) in zip(names(of: parameter), widths) {
                try values[start..<start + count * width].withUnsafeBytes { try write(name, $0, 0) }
                // There was room for more directions.
                let rest = [Float](repeating: 0, count: (limits[parameter] - count) * width)
                try rest.withUnsafeBytes { try write(name, $0, count * width) }
                start += count * width
            }
        }
        try progress.finish()
    }

    private func cost(_ unit: StretchUnit, in pass: StretchPass) -> Double {
        let input = pass.inputs[unit.parameter]
        return pass.cost(unit) + TaskFactors(input).operationCount / FusionPlan.operationsPerByte
    }

    /// The basis and the tasks of a matrix, one after another.
    private func aligned(_ unit: StretchUnit, in pass: StretchPass) throws -> [Float] {
        let input = pass.inputs[unit.parameter]
        do {
            if let values = try TaskFactors(input).aligned(above: limit) { return values }
            var values: [Float] = []
            try pass.read(unit) { stretch in
                guard let vectors = TaskMatrices(stretch) else { return }
                let joined = Tensor.concatenated(try (0..<vectors.count).map(vectors.vector), along: 1)
                values = try joined.leadingSingularVectors(above: limit).alignedValues(tasks: vectors.count)
            }
            return values
        } catch let error as LinearAlgebraError {
            throw FusionError.degenerate(method: "KnOTS", tensor: input.key, reason: "\(error)")
        }
    }
}

extension LeadingSingularVectors {
    /// Uᵀ, and Σ·Vₜᵀ of each of several matrices that stand side by side, one after another in binary32.
    ///
    /// - Parameters:
    ///   - tasks: The number of matrices.
    ///   - expansion: Orthonormal columns in which the left vectors are given; nil if they are so as they are.
    /// - Returns: The elements, row by row.
    /// - Throws: `TensorError` if there is no memory.
    func alignedValues(tasks: Int, in expansion: Tensor? = nil) throws -> [Float] {
        let basis = expansion.map { left.matrixProduct($0, transposesOther: true) } ?? left
        let joined = right.scalingRows(by: values)
        let columns = joined.size(1) / max(1, tasks)
        var result = try basis.converted(to: .float32).array(of: Float.self)
        for task in 0..<tasks {
            let part = joined.slice(along: 1, task * columns..<(task + 1) * columns)
            result += try part.converted(to: .float32).array(of: Float.self)
        }
        return result
    }
}

/// Nothing but zeros.
private struct Zeros: TensorSource {
    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) {
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }
}
