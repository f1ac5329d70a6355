import Configuration
import Tensors

/// Minimises the interference of the merged task vector with each task's own, layer by layer:
/// Σₜ ‖(m − τₜ)·τₜᵀ‖² / ‖τₜ‖², by some steps of Adam from the sum of the task vectors.
///
/// Cheng et al.: "Whoever started the interference should end it: guiding data-free model merging via task vectors" (2025,
/// arXiv 2503.08099).
struct WUDIMerging: MatrixFusionMethod {
    /// The number of steps.
    let stepCount: Int
    /// Names of matrices that are averaged only.
    let excludedKeys: Set<String>

    var methodName: String { "WUDI merging" }
    var fusion: InterferenceDescent { InterferenceDescent(stepCount: stepCount) }
    var scalingFactor: ParameterSetting { ParameterSetting(1) }

    func problems(with models: AlignedModels) -> [String] {
        ParameterSetting(Double(stepCount)).problems("iter_num", of: methodName, in: 0...Double.infinity)
    }
}

/// The loss Σₜ ‖(m − τₜ)·τₜᵀ‖² / ‖τₜ‖² as a quadratic form of m: its gradient is 2·(m·A − B).
struct InterferenceGradient {
    /// A = Σ τₜᵀ·τₜ / ‖τₜ‖², `[n, n]` in `float64`.
    private(set) var curvature: Tensor
    /// B = Σ τₜ·τₜᵀ·τₜ / ‖τₜ‖², `[m, n]` in `float64`.
    private(set) var target: Tensor
    /// How many task vectors are not 0.
    private(set) var taskCount = 0

    /// Adds up the tasks; one that has changed nothing takes no part.
    ///
    /// - Throws: `TensorError` if there is no memory.
    init(_ vectors: TaskMatrices) throws {
        curvature = Tensor.zeros([vectors.columns, vectors.columns], dtype: .float64)
        target = Tensor.zeros([vectors.rows, vectors.columns], dtype: .float64)
        for task in 0..<vectors.count {
            let vector = try vectors.vector(task)
            let norm = (vector * vector).sum().number
            guard norm > 0 else { continue }
            taskCount += 1
            let columns = vector.gramMatrix(of: .columns)
            curvature.accumulate(columns, weight: 1 / norm)
            // Of the two orders of the product, the one of fewer operations.
            let product =
                vectors.rows < vectors.columns
                ? vector.gramMatrix(of: .rows).matrixProduct(vector) : vector.matrixProduct(columns)
            target.accumulate(product, weight: 1 / norm)
        }
    }
}

/// Steps of Adam from Στₜ.
struct InterferenceDescent: MatrixFusion {
    let stepCount: Int

    private static let learningRate = 1e-5

    func merge(_ vectors: TaskMatrices) throws -> Tensor {
        let sum = try vectors.sum()
        // One task hinders nobody: its own gradient is 0, of which Adam would make steps of whatever rounding leaves.
        guard stepCount > 0, let (curvature, slope) = try quadraticForm(around: sum, vectors) else { return sum }
        // Adam scales small gradients up, even those that are only rounding. So what is left of them where they cancel is
        // computed in binary64, and steps are counted from the sum.
        let change = FloatMatrix(rows: vectors.rows, columns: vectors.columns)
        let gradient = FloatMatrix(rows: vectors.rows, columns: vectors.columns)
        var adam = MatrixAdam(like: change, learningRate: Self.learningRate)
        for _ in 0..<stepCount {
            gradient.pointer.update(from: slope.pointer, count: slope.elements.count)
            MatrixProduct.multiply(change.view, curvature.view, into: gradient.pointer, scale: 2, keep: 2)
            adam.step(change, gradient: gradient)
        }
        return sum + (try change.tensor())
    }

    /// A, and m·A − B at a place m, for products that are many; nil if there are not two tasks.
    private func quadraticForm(
        around place: Tensor, _ vectors: TaskMatrices
    ) throws -> (curvature: FloatMatrix, slope: FloatMatrix)? {
        let gradient = try InterferenceGradient(vectors)
        guard gradient.taskCount > 1 else { return nil }
        let slope = place.matrixProduct(gradient.curvature) - gradient.target
        return (try FloatMatrix(gradient.curvature), try FloatMatrix(slope))
    }

    func operationCount(rows: Int, columns: Int, models: Int) -> Double {
        // Products of binary32 are twice as fast.
        Double(stepCount) / 2 * SpectralCost.product(rows, columns, columns)
            + Double(models) * SpectralCost.product(columns, columns, rows)
    }

    func workspaceByteCount(rows: Int, columns: Int, models: Int) -> Int {
        // The sum and the target, a task vector and its product, two matrices [n, n]; then four of Adam in binary32.
        WholeTensorMemory.matrices(4, rows, columns) + WholeTensorMemory.matrices(2, columns, columns)
            + WholeTensorMemory.singleMatrices(5, rows, columns) + WholeTensorMemory.singleMatrices(1, columns, columns)
    }
}

extension TargetRegistry {
    mutating func registerWUDIMerging() {
        register(
            "fusion_bench.method.WUDIMerging", "fusion_bench.method.wudi.WUDIMerging",
            "fusion_bench.method.wudi.wudi.WUDIMerging", parameters: Parameter<Int>("iter_num"),
            Parameter("exclude_keys", default: [String]?.none)
        ) { count, excluded in WUDIMerging(stepCount: count, excludedKeys: Set(excluded ?? [])) }
    }
}
