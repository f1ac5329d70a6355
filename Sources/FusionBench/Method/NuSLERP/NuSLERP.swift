import Configuration
import Fabric
import Tensors

/// A point on the arc between two models, given by their weights; with a pretrained model, between their task vectors.
///
/// The method is mergekit's own. Vectors are whole tensors, or the pieces of a tensor along its last or its first dimension.
struct NuSLERP: DataFreeFusionMethod {
    /// What counts as a vector.
    enum Vectors {
        /// A whole tensor.
        case tensors
        /// The pieces along the last dimension.
        case lastDimension
        /// The pieces along the first dimension.
        case firstDimension
    }

    /// The weights of both models.
    var weight = ModelSetting(1)
    /// What counts as a vector.
    var vectors = Vectors.tensors

    /// A sum of weights whose magnitude is below this gives no share.
    private static let leastWeight = 1e-6

    var methodName: String { "NuSLERP" }
    var needsPretrained: Bool { false }
    var takesPretrained: Bool { true }
    var modelCounts: ClosedRange<Int> { 2...2 }

    func problems(with models: AlignedModels) -> [String] {
        weight.problems("weight", of: methodName, models: models.modelNames)
    }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let weights = weight.numbers(for: models.parameters.map(\.key), models: models.modelNames, fallback: 1)
        let positions = weights.map { row in
            let total = row[0] + row[1]
            return abs(total) < Self.leastWeight ? 0.5 : row[1] / total
        }
        switch vectors {
        case .tensors:
            let arcs = zip(try models.gramMatrices(in: context), positions).map { gram, position in
                Arc(position: position, product: gram[0, 1], squares: (gram[0, 0], gram[1, 1]))
            }
            return .model(models.weightedSum(arcs.map { [$0.first, $0.second] }))
        case .lastDimension:
            return .model(models.fused(RowArcMerger(positions: positions)))
        case .firstDimension:
            let arcs = try ColumnProducts(models: models).arcs(positions, in: context)
            return .model(models.fused(ColumnArcMerger(arcs: arcs)))
        }
    }
}

/// Both vectors of a stretch: the models' values, or the task vectors.
private func vectors(
    _ stretch: Stretch
) -> (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) {
    guard let base = stretch.pretrained else { return (stretch.models[0], stretch.models[1]) }
    let (first, second) = (stretch.buffer(0), stretch.buffer(1))
    FloatArithmetic.subtract(base, from: stretch.models[0], into: first)
    FloatArithmetic.subtract(base, from: stretch.models[1], into: second)
    return (UnsafeBufferPointer(first), UnsafeBufferPointer(second))
}

/// Adds the pretrained model's values, if it takes part.
private func addPretrained(_ stretch: Stretch, to merged: UnsafeMutableBufferPointer<Float>) {
    if let base = stretch.pretrained { FloatArithmetic.accumulate(base, weight: 1, into: merged) }
}

/// The arcs between pieces along the last dimension.
private struct RowArcMerger: ParameterMerger {
    /// For each parameter, the place on the arc.
    let positions: [Double]

    var granularity: Granularity { .rows }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        let (first, second) = vectors(stretch)
        let length = max(1, stretch.shape.dimensions.last ?? 1)
        for start in stride(from: 0, to: stretch.count, by: length) {
            let row = start..<start + length
            let (x, y) = (UnsafeBufferPointer(rebasing: first[row]), UnsafeBufferPointer(rebasing: second[row]))
            let arc = Arc(
                position: positions[stretch.parameter], product: FloatArithmetic.dotProduct(x, y),
                squares: (FloatArithmetic.dotProduct(x, x), FloatArithmetic.dotProduct(y, y)))
            FloatArithmetic.weightedSum(
                [x, y], weights: [arc.first, arc.second],
                into: UnsafeMutableBufferPointer(rebasing: merged[row]))
        }
        addPretrained(stretch, to: merged)
    }
}

/// The arcs between pieces along the first dimension.
private struct ColumnArcMerger: ParameterMerger {
    /// For each parameter, both coefficients of each column in turn.
    let arcs: [[Float]]

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        let (first, second) = vectors(stretch)
        arcs[stretch.parameter].withUnsafeBufferPointer { arcs in
            guard !arcs.isEmpty else { return }
            let width = arcs.count / 2
            var column = stretch.range.lowerBound % width
            for index in merged.indices {
                merged[index] = arcs[2 * column] * first[index] + arcs[2 * column + 1] * second[index]
                column = column + 1 == width ? 0 : column + 1
            }
        }
        addPretrained(stretch, to: merged)
    }
}

/// The scalar products of pieces along the first dimension; each tensor is one unit, whose rows are added up in order.
private struct ColumnProducts {
    let models: AlignedModels

    /// For each parameter, both coefficients of each column in turn.
    func arcs(_ positions: [Double], in context: FusionContext) throws -> [[Float]] {
        let pass = models.pass(.elements, in: context)
        let progress = context.fabric.progress(
            total: positions.count, description: "scalar products", unit: "tensor")
        let shapes = models.parameters.map(\.input.shape)
        let arcs = try context.fabric.collect("scalar products", units: Array(positions.indices)) { parameter in
            Double(shapes[parameter].elementCount)
        } work: { parameter -> [Float] in
            defer { progress.advance() }
            let shape = shapes[parameter]
            guard shape.elementCount > 0 else { return [] }
            let width = shape.dimensions.dropFirst().reduce(1, *)
            var products = [Double](repeating: 0, count: width)
            var (firsts, seconds) = (products, products)
            try pass.read(StretchUnit(parameter: parameter, range: 0..<shape.elementCount)) { stretch in
                let (x, y) = vectors(stretch)
                var column = stretch.range.lowerBound % width
                for index in x.indices {
                    let (a, b) = (Double(x[index]), Double(y[index]))
                    products[column] += a * b
                    firsts[column] += a * a
                    seconds[column] += b * b
                    column = column + 1 == width ? 0 : column + 1
                }
            }
            return products.indices.flatMap { column -> [Float] in
                let arc = Arc(
                    position: positions[parameter], product: products[column],
                    squares: (firsts[column], seconds[column]))
                return [arc.first, arc.second]
            }
        }
        try progress.finish()
        return arcs
    }
}

extension TargetRegistry {
    mutating func registerNuSLERP() {
        register(
            "fusion_bench.method.NuSlerpAlgorithm", "fusion_bench.method.nuslerp.NuSlerpAlgorithm",
            parameters: Parameter("weight", default: ModelSetting(1)),
            Parameter("nuslerp_row_wise", default: false), Parameter("nuslerp_flatten", default: true)
        ) { weight, isRowWise, isFlat in
            NuSLERP(weight: weight, vectors: isFlat ? .tensors : isRowWise ? .firstDimension : .lastDimension)
        }
    }
}
