internal import CKernels

/// The loops of CKernels.
extension Float: LoopScalar {
    private static var loops: ckernels_networks { _read { yield Kernels.best.pointee.networks } }

    static func apply(_ function: ElementwiseFunction, _ x: Input, _ result: Output, _ count: Int) {
        loops.apply(function.kernelFunction, x, result, count)
    }

    static func applyGradient(
        _ function: ElementwiseFunction, _ x: Input, _ gradient: Input, _ result: Output, _ count: Int
    ) {
        loops.apply_gradient(function.kernelFunction, x, gradient, result, count)
    }

    static func combine(
        _ operation: ElementwiseOperation, _ a: Input, _ aStep: Int, _ b: Input, _ bStep: Int, _ result: Output,
        _ count: Int
    ) {
        loops.combine(operation.kernelOperation, a, aStep, b, bStep, result, count)
    }

    static func accumulate(_ x: Input, _ weight: Float, _ sum: Output, _ count: Int) {
        Kernels.best.pointee.accumulate(CKERNELS_FLOAT32, x, weight, sum, count)
    }

    static func scale(_ x: Input, _ weight: Float, _ result: Output, _ count: Int) {
        if UnsafePointer(result) == x {
            Kernels.best.pointee.scale_in_place(result, weight, count)
        } else {
            Kernels.best.pointee.scale(CKERNELS_FLOAT32, x, weight, result, count)
        }
    }

    static func sum(_ x: Input, _ count: Int) -> Float { Float(Kernels.best.pointee.sum(x, count)) }

    static func sumColumns(_ x: Input, _ sums: Output, _ rows: Int, _ columns: Int) {
        loops.sum_columns(x, sums, rows, columns)
    }

    static func addBiasAndApply(
        _ function: ElementwiseFunction, _ x: Input, rowStride: Int, _ bias: Input, _ before: Output?,
        _ result: Output, _ rows: Int, _ columns: Int
    ) {
        loops.add_bias_and_apply(function.kernelFunction, x, rowStride, bias, before, result, rows, columns)
    }

    static func applyGradientAndSum(
        _ function: ElementwiseFunction, _ x: Input, _ gradient: Input, _ result: Output, _ sums: Output, _ rows: Int,
        _ columns: Int
    ) {
        loops.apply_gradient_and_sum(function.kernelFunction, x, gradient, result, sums, rows, columns)
    }

    static func normalizeLayer(_ loop: LayerNormLoop<Float>) {
        var arguments = ckernels_layer_norm(
            x: loop.x, update: loop.update, update_bias: loop.updateBias, sum: loop.sum, weight: loop.weight,
            bias: loop.bias, epsilon: loop.epsilon, result: loop.result, mean: loop.mean,
            inverse_deviation: loop.inverseDeviation, rows: loop.rows, columns: loop.columns)
        loops.layer_norm(&arguments)
    }

    static func normalizeLayerGradient(_ loop: LayerNormGradientLoop<Float>) {
        var arguments = ckernels_layer_norm_gradient(
            x: loop.x, mean: loop.mean, inverse_deviation: loop.inverseDeviation, weight: loop.weight,
            gradient: loop.gradient, result: loop.result, accumulates: loop.accumulates ? 1 : 0,
            weight_gradient: loop.weightGradient, bias_gradient: loop.biasGradient, rows: loop.rows,
            columns: loop.columns)
        loops.layer_norm_gradient(&arguments)
    }

    static func softmax(_ loop: SoftmaxLoop<Float>) {
        var arguments = ckernels_softmax(
            x: loop.x, scale: loop.scale, visible: loop.visible, visible_step: loop.visibleStep, mask: loop.mask,
            result: loop.result, rows: loop.rows, columns: loop.columns)
        loops.softmax(&arguments)
    }

    static func softmaxGradient(
        _ y: Input, _ gradient: Input, _ scale: Float, _ result: Output, _ rows: Int, _ columns: Int
    ) {
        loops.softmax_gradient(y, gradient, scale, result, rows, columns)
    }

    static func logSoftmax(_ x: Input, _ result: Output, _ rows: Int, _ columns: Int) {
        loops.log_softmax(x, result, rows, columns)
    }

    static func logSoftmaxGradient(_ y: Input, _ gradient: Input, _ result: Output, _ rows: Int, _ columns: Int) {
        loops.log_softmax_gradient(y, gradient, result, rows, columns)
    }

    static func step(_ loop: SGDStepLoop<Float>) {
        let factors = loop.factors
        var arguments = ckernels_sgd_step(
            parameter: loop.parameter, gradient: loop.gradient, velocity: loop.velocity,
            begins: factors.begins ? 1 : 0, looks_ahead: factors.looksAhead ? 1 : 0,
            direction: Float(factors.direction), weight_decay: Float(factors.weightDecay),
            momentum: Float(factors.momentum), gradient_weight: Float(factors.gradientWeight),
            learning_rate: Float(factors.learningRate), count: loop.count)
        loops.sgd_step(&arguments)
    }

    static func step(_ loop: AdamStepLoop<Float>) {
        let factors = loop.factors
        var arguments = ckernels_adam_step(
            parameter: loop.parameter, gradient: loop.gradient, mean: loop.mean, mean_square: loop.meanSquare,
            largest_mean_square: loop.largestMeanSquare, direction: Float(factors.direction),
            parameter_scale: Float(factors.parameterScale), weight_decay: Float(factors.weightDecay),
            mean_weight: Float(factors.meanWeight), mean_square_keep: Float(1 - factors.meanSquareWeight),
            mean_square_weight: Float(factors.meanSquareWeight), root_correction: Float(factors.rootCorrection),
            epsilon: Float(factors.epsilon), step_size: Float(factors.stepSize), count: loop.count)
        loops.adam_step(&arguments)
    }

    static func multiply(
        _ left: MatrixView<Float>, _ right: MatrixView<Float>, _ result: Output, rowStride: Int, scale: Float,
        keep: Float
    ) {
        MatrixProduct.multiply(left, right, into: result, rowStride: rowStride, scale: scale, keep: keep)
    }
}

extension ElementwiseFunction {
    /// The function's name in the loops.
    var kernelFunction: ckernels_function {
        switch self {
        case .identity: CKERNELS_IDENTITY
        case .exponential: CKERNELS_EXPONENTIAL
        case .logarithm: CKERNELS_LOGARITHM
        case .squareRoot: CKERNELS_SQUARE_ROOT
        case .square: CKERNELS_SQUARE
        case .reciprocal: CKERNELS_RECIPROCAL
        case .absoluteValue: CKERNELS_ABSOLUTE_VALUE
        case .tangent: CKERNELS_TANGENT
        case .sigmoid: CKERNELS_SIGMOID
        case .relu: CKERNELS_RELU
        case .gelu: CKERNELS_GELU
        case .geluTangent: CKERNELS_GELU_TANGENT
        case .quickGELU: CKERNELS_QUICK_GELU
        case .silu: CKERNELS_SILU
        }
    }
}

extension ElementwiseOperation {
    /// The operation's name in the loops.
    var kernelOperation: ckernels_operation {
        switch self {
        case .add: CKERNELS_ADD
        case .subtract: CKERNELS_SUBTRACT
        case .multiply: CKERNELS_MULTIPLY
        case .divide: CKERNELS_DIVIDE
        }
    }
}
