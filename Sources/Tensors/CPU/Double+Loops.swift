import Glibc

/// The loops in plain Swift.
extension Double: LoopScalar {
    static func apply(_ function: ElementwiseFunction, _ x: Input, _ result: Output, _ count: Int) {
        for i in 0..<count { result[i] = function.value(x[i]) }
    }

    static func applyGradient(
        _ function: ElementwiseFunction, _ x: Input, _ gradient: Input, _ result: Output, _ count: Int
    ) {
        for i in 0..<count { result[i] = gradient[i] * function.derivative(x[i]) }
    }

    static func combine(
        _ operation: ElementwiseOperation, _ a: Input, _ aStep: Int, _ b: Input, _ bStep: Int, _ result: Output,
        _ count: Int
    ) {
        for i in 0..<count { result[i] = operation.value(a[i * aStep], b[i * bStep]) }
    }

    static func accumulate(_ x: Input, _ weight: Double, _ sum: Output, _ count: Int) {
        for i in 0..<count { sum[i] += weight * x[i] }
    }

    static func scale(_ x: Input, _ weight: Double, _ result: Output, _ count: Int) {
        for i in 0..<count { result[i] = weight * x[i] }
    }

    static func sum(_ x: Input, _ count: Int) -> Double {
        var sum = 0.0
        for i in 0..<count { sum += x[i] }
        return sum
    }

    static func sumColumns(_ x: Input, _ sums: Output, _ rows: Int, _ columns: Int) {
        for row in 0..<rows { accumulate(x + row * columns, 1, sums, columns) }
    }

    static func addBiasAndApply(
        _ function: ElementwiseFunction, _ x: Input, rowStride: Int, _ bias: Input, _ before: Output?,
        _ result: Output, _ rows: Int, _ columns: Int
    ) {
        for i in 0..<rows * columns {
            let sum = x[i / columns * rowStride + i % columns] + bias[i % columns]
            before?[i] = sum
            result[i] = function.value(sum)
        }
    }

    static func applyGradientAndSum(
        _ function: ElementwiseFunction, _ x: Input, _ gradient: Input, _ result: Output, _ sums: Output, _ rows: Int,
        _ columns: Int
    ) {
        applyGradient(function, x, gradient, result, rows * columns)
        sumColumns(result, sums, rows, columns)
    }

    static func normalizeLayer(_ loop: LayerNormLoop<Double>) {
        let columns = loop.columns
        for row in 0..<loop.rows {
            var x = loop.x + row * columns
            if let update = loop.update, let sum = loop.sum {
                for i in 0..<columns {
                    sum[row * columns + i] = x[i] + update[row * columns + i] + (loop.updateBias?[i] ?? 0)
                }
                x = UnsafePointer(sum + row * columns)
            }
            let mean = sum(x, columns) / Double(columns)
            let variance = (0..<columns).reduce(0) { $0 + (x[$1] - mean) * (x[$1] - mean) } / Double(columns)
            let inverseDeviation = 1 / (variance + loop.epsilon).squareRoot()
            for i in 0..<columns {
                loop.result[row * columns + i] = (x[i] - mean) * inverseDeviation * loop.weight[i] + loop.bias[i]
            }
            loop.mean?[row] = mean
            loop.inverseDeviation?[row] = inverseDeviation
        }
    }

    static func normalizeLayerGradient(_ loop: LayerNormGradientLoop<Double>) {
        let columns = loop.columns
        for row in 0..<loop.rows {
            let gradient = loop.gradient + row * columns
            let normalized = (0..<columns).map {
                (loop.x[row * columns + $0] - loop.mean[row]) * loop.inverseDeviation[row]
            }
            let weighted = (0..<columns).map { gradient[$0] * loop.weight[$0] }
            for i in 0..<columns {
                loop.weightGradient?[i] += gradient[i] * normalized[i]
                loop.biasGradient?[i] += gradient[i]
            }
            guard let result = loop.result else { continue }
            let mean = weighted.reduce(0, +) / Double(columns)
            let product = zip(weighted, normalized).reduce(0) { $0 + $1.0 * $1.1 } / Double(columns)
            for i in 0..<columns {
                let value = loop.inverseDeviation[row] * (weighted[i] - mean - normalized[i] * product)
                result[row * columns + i] = loop.accumulates ? result[row * columns + i] + value : value
            }
        }
    }

    static func softmax(_ loop: SoftmaxLoop<Double>) {
        for row in 0..<loop.rows {
            let x = loop.x + row * loop.columns
            let visible = min(loop.visible + row * loop.visibleStep, loop.columns)
            let scores = (0..<visible).map { loop.mask?[$0] == 0 ? -.infinity : loop.scale * x[$0] }
            let largest = scores.max() ?? -.infinity
            let exponentials = scores.map { largest == -.infinity ? 0 : exp($0 - largest) }
            let sum = exponentials.reduce(0, +)
            for i in 0..<loop.columns {
                loop.result[row * loop.columns + i] = i < visible && sum > 0 ? exponentials[i] / sum : 0
            }
        }
    }

    static func softmaxGradient(
        _ y: Input, _ gradient: Input, _ scale: Double, _ result: Output, _ rows: Int, _ columns: Int
    ) {
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let product = range.reduce(0) { $0 + y[$1] * gradient[$1] }
            for i in range { result[i] = scale * (y[i] * (gradient[i] - product)) }
        }
    }

    static func logSoftmax(_ x: Input, _ result: Output, _ rows: Int, _ columns: Int) {
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let largest = range.reduce(-.infinity) { max($0, x[$1]) }
            let logarithm = log(range.reduce(0) { $0 + exp(x[$1] - largest) })
            for i in range { result[i] = x[i] - largest - logarithm }
        }
    }

    static func logSoftmaxGradient(_ y: Input, _ gradient: Input, _ result: Output, _ rows: Int, _ columns: Int) {
        for row in 0..<rows {
            let range = row * columns..<(row + 1) * columns
            let sum = range.reduce(0) { $0 + gradient[$1] }
            for i in range { result[i] = gradient[i] - exp(y[i]) * sum }
        }
    }

    static func step(_ loop: SGDStepLoop<Double>) {
        let factors = loop.factors
        for i in 0..<loop.count {
            let gradient = factors.direction * loop.gradient[i] + factors.weightDecay * loop.parameter[i]
            var step = gradient
            if let velocity = loop.velocity {
                velocity[i] =
                    factors.begins ? gradient : factors.momentum * velocity[i] + factors.gradientWeight * gradient
                step = factors.looksAhead ? gradient + factors.momentum * velocity[i] : velocity[i]
            }
            loop.parameter[i] -= factors.learningRate * step
        }
    }

    static func step(_ loop: AdamStepLoop<Double>) {
        let factors = loop.factors
        for i in 0..<loop.count {
            let parameter = factors.parameterScale * loop.parameter[i]
            let gradient = factors.direction * loop.gradient[i] + factors.weightDecay * parameter
            loop.mean[i] += factors.meanWeight * (gradient - loop.mean[i])
            loop.meanSquare[i] =
                (1 - factors.meanSquareWeight) * loop.meanSquare[i] + factors.meanSquareWeight * gradient * gradient
            var square = loop.meanSquare[i]
            if let largest = loop.largestMeanSquare {
                square = largest[i] > square ? largest[i] : square
                largest[i] = square
            }
            let deviation = square.squareRoot() / factors.rootCorrection + factors.epsilon
            loop.parameter[i] = parameter - factors.stepSize * loop.mean[i] / deviation
        }
    }

    static func multiply(
        _ left: MatrixView<Double>, _ right: MatrixView<Double>, _ result: Output, rowStride: Int, scale: Double,
        keep: Double
    ) {
        MatrixProduct.multiply(left, right, into: result, rowStride: rowStride, scale: scale, keep: keep)
    }
}
