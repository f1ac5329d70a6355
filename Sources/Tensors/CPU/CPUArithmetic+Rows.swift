/// Normalisations of rows.
extension CPUArithmetic {
    func normalizeLayer(_ arguments: LayerNormArguments) {
        Scalar.normalizeLayer(
            LayerNormLoop(
                x: read(arguments.x), update: arguments.update.map(read), updateBias: arguments.updateBias.map(read),
                sum: arguments.sum.map(write), weight: read(arguments.weight), bias: read(arguments.bias),
                epsilon: Scalar(arguments.epsilon), result: write(arguments.result), mean: arguments.mean.map(write),
                inverseDeviation: arguments.inverseDeviation.map(write), rows: arguments.x.rowCount,
                columns: arguments.x.columnCount))
    }

    func normalizeLayerGradient(_ arguments: LayerNormGradientArguments) {
        Scalar.normalizeLayerGradient(
            LayerNormGradientLoop(
                x: read(arguments.x), mean: read(arguments.mean), inverseDeviation: read(arguments.inverseDeviation),
                weight: read(arguments.weight), gradient: read(arguments.gradient),
                result: arguments.result.map(write), accumulates: arguments.accumulates,
                weightGradient: arguments.weightGradient.map(write), biasGradient: arguments.biasGradient.map(write),
                rows: arguments.x.rowCount, columns: arguments.x.columnCount))
    }

    func softmax(_ x: Tensor, into result: Tensor) {
        Scalar.softmax(
            SoftmaxLoop(
                x: read(x), scale: 1, visible: x.columnCount, visibleStep: 0, mask: nil, result: write(result),
                rows: x.rowCount, columns: x.columnCount))
    }

    func softmaxGradient(_ y: Tensor, _ gradient: Tensor, into result: Tensor) {
        Scalar.softmaxGradient(read(y), read(gradient), 1, write(result), y.rowCount, y.columnCount)
    }

    func logSoftmax(_ x: Tensor, into result: Tensor) {
        Scalar.logSoftmax(read(x), write(result), x.rowCount, x.columnCount)
    }

    func logSoftmaxGradient(_ y: Tensor, _ gradient: Tensor, into result: Tensor) {
        Scalar.logSoftmaxGradient(read(y), read(gradient), write(result), y.rowCount, y.columnCount)
    }
}
