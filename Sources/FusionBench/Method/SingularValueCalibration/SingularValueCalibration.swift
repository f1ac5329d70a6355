import Checkpoints
import Configuration
import Tensors

/// Merges by another method, and calibrates the singular values of each matrix of the result.
///
/// "When shared knowledge hurts: spectral over-accumulation in model merging" (2026, arXiv 2602.05536).
struct SingularValueCalibration: FusionMethod {
    let calibration: SpectralCalibration
    /// What is calibrated; nil for the model `_merged_` of the pool.
    let base: (any FusionMethod)?

    /// The name of a merged model in a pool.
    static let mergedName = "_merged_"

    var methodName: String {
        "Singular value calibration of \(base.map(\.methodName) ?? "the model '\(Self.mergedName)'")"
    }

    func problems(with pool: ModelPool) -> [String] {
        var problems = base?.problems(with: pool) ?? []
        if base == nil, !pool.allNames.contains(Self.mergedName) {
            problems.append("\(methodName) needs it; the pool has \(pool.allNames.joined(separator: ", "))")
        }
        if !pool.hasPretrained { problems.append("\(FusionError.noPretrained(method: methodName))") }
        guard problems.isEmpty else { return problems }
        do {
            return try align(pool).problems
        } catch {
            return ["\(error)"]
        }
    }

    func wholeTensorByteCounts(with pool: ModelPool) throws -> [Int] {
        let own = try align(pool).parameters.map { parameter in
            let shape = parameter.input.shape
            let values = WholeTensorMemory.values(shape, inputs: 2 * (parameter.input.models.count + 1))
            guard shape.rank == 2 else { return values }
            return values + calibration.workspaceByteCount(rows: shape.dimensions[0], columns: shape.dimensions[1])
        }
        // What the other method holds for a matrix is gone before it is calibrated.
        return own + (try base?.wholeTensorByteCounts(with: pool) ?? [])
    }

    private func align(_ pool: ModelPool) throws -> AlignedModels {
        try pool.aligned(names: pool.modelNames, withPretrained: true)
    }

    func fuse(_ pool: ModelPool, in context: FusionContext) throws -> FusionResult {
        let result = try base?.fuse(pool, in: context) ?? .model(FusedModel(copying: pool.load(Self.mergedName)))
        let models = result.models
        guard models.count == 1, let merged = models.first?.model else {
            throw FusionError.several(["\(methodName) calibrates one model, not \(models.count)"])
        }
        return .model(calibrated(merged, try align(pool)))
    }

    private func calibrated(_ merged: FusedModel, _ models: AlignedModels) -> FusedModel {
        let tasks = Dictionary(models.parameters.map { ($0.name, $0) }) { first, _ in first }
        var result = merged
        var inputs: [MergeInput?] = []
        for index in merged.parameters.indices {
            let parameter = merged.parameters[index]
            let aligned = tasks[parameter.name].flatMap { $0.input.shape == parameter.shape ? $0 : nil }
            let isCalibrated = parameter.shape.rank == 2 && parameter.dtype.isFloatingPoint
            let extra = isCalibrated ? aligned.map { Self.extra($0, models) } ?? [] : []
            switch parameter.content {
            case .copy(let tensor, let model):
                guard !extra.isEmpty else { continue }
                result.parameters[index].content = .merge(
                    Self.input(inputs.count, parameter, aligned, nil, [(tensor, model)] + extra))
                inputs.append(nil)
            case .merge(let input):
                let names = input.modelNames ?? models.modelNames
                result.parameters[index].content = .merge(
                    Self.input(
                        inputs.count, parameter, aligned, input.pretrained, Array(zip(input.models, names)) + extra,
                        key: input.key))
                inputs.append(input)
            }
        }
        result.merger = CalibratedMerger(base: merged.merger, inputs: inputs, calibration: calibration)
        return result
    }

    /// The tensors that a calibration needs: the pretrained one, and those of the tasks.
    private static func extra(_ parameter: AlignedParameter, _ models: AlignedModels) -> [(LazyTensor, String)] {
        (parameter.input.pretrained.map { [($0, ModelPool.pretrainedName)] } ?? [])
            + zip(parameter.input.models, models.modelNames)
    }

    private static func input(
        _ number: Int, _ parameter: FusedParameter, _ aligned: AlignedParameter?, _ pretrained: LazyTensor?,
        _ tensors: [(LazyTensor, String)], key: String? = nil
    ) -> MergeInput {
        MergeInput(
            number: number, key: key ?? aligned?.key ?? parameter.name, shape: parameter.shape, pretrained: pretrained,
            models: tensors.map(\.0), modelNames: tensors.map(\.1))
    }
}

extension TargetRegistry {
    mutating func registerSingularValueCalibration() {
        let package = "fusion_bench.method.singular_value_calibration."
        register(
            package + "generic.SingularValueCalibrationWithBaseMethod",
            package + "SingularValueCalibrationWithBaseMethod",
            parameters: Parameter<ConfigurationValue>("base_method"), Parameter<Double>("alpha"),
            Parameter<String?>("accelerator", default: nil)
        ) { base, alpha, _ in
            let object = try Instantiator(.fusionBench).instantiate(base, legacy: .method, recursive: false)
            guard let method = object as? any FusionMethod else {
                throw ConfigurationError(
                    .unexpectedType(key: base.path, expected: "a method", found: "another object"), at: base.origin)
            }
            return SingularValueCalibration(calibration: SpectralCalibration(alpha: alpha), base: method)
        }
        register(
            package + "task_arithmetic.SingularValueCalibrationArithmeticTask",
            package + "SingularValueCalibrationArithmeticTask",
            parameters: Parameter<ParameterSetting>("scaling_factor"), Parameter<Double>("alpha"),
            Parameter<String?>("accelerator", default: nil)
        ) { factor, alpha, _ in
            SingularValueCalibration(
                calibration: SpectralCalibration(alpha: alpha), base: TaskArithmetic(scalingFactor: factor))
        }
        register(
            package + "svc.SingularValueCalibration", package + "SingularValueCalibration",
            parameters: Parameter<Double>("alpha"), Parameter<String?>("accelerator", default: nil)
        ) { alpha, _ in SingularValueCalibration(calibration: SpectralCalibration(alpha: alpha), base: nil) }
    }
}
