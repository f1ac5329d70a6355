/// Arithmetic on the processor, in one type.
struct CPUArithmetic<Scalar: LoopScalar>: ArithmeticPrimitives {
    func fill(_ result: Tensor, with value: Double) {
        write(result).update(repeating: Scalar(value), count: result.elementCount)
    }

    func apply(_ function: ElementwiseFunction, to x: Tensor, into result: Tensor) {
        Scalar.apply(function, read(x), write(result), x.elementCount)
    }

    func applyGradient(of function: ElementwiseFunction, at x: Tensor, _ gradient: Tensor, into result: Tensor) {
        Scalar.applyGradient(function, read(x), read(gradient), write(result), x.elementCount)
    }

    func combine(_ operation: ElementwiseOperation, _ a: StridedOperand, _ b: StridedOperand, into result: Tensor) {
        let loop = PairLoop(result.shape.dimensions, a.strides, b.strides)
        let (a, b, result) = (read(a.tensor), read(b.tensor), write(result))
        loop.forEachRow { aStart, bStart, start in
            Scalar.combine(
                operation, a + aStart, loop.aStep, b + bStart, loop.bStep, result + start, loop.rowLength)
        }
    }

    func accumulate(_ x: Tensor, weight: Double, into sum: Tensor) {
        Scalar.accumulate(read(x), Scalar(weight), write(sum), x.elementCount)
    }

    func scale(_ x: Tensor, by weight: Double, into result: Tensor) {
        Scalar.scale(read(x), Scalar(weight), write(result), x.elementCount)
    }

    func sum(_ x: Tensor, outer: Int, middle: Int, inner: Int, into result: Tensor) {
        let (x, result) = (read(x), write(result))
        guard inner != 1 else {
            for row in 0..<outer { result[row] = Scalar.sum(x + row * middle, middle) }
            return
        }
        result.update(repeating: 0, count: outer * inner)
        for block in 0..<outer { Scalar.sumColumns(x + block * middle * inner, result + block * inner, middle, inner) }
    }

    func argmax(_ x: Tensor, rows: Int, columns: Int, into result: Tensor) {
        let x = read(x)
        let result = result.memory.assumingMemoryBound(to: Int64.self)
        for row in 0..<rows {
            var best = 0
            for column in 1..<max(columns, 1) where x[row * columns + column] > x[row * columns + best] {
                best = column
            }
            result[row] = Int64(best)
        }
    }

    func multiplyMatrices(_ product: MatrixProductArguments, into result: Tensor) {
        for number in 0..<product.batchCount {
            var left = MatrixView(
                read(product.left) + number * product.leftStride,
                rows: product.transposesLeft ? product.inner : product.rows,
                columns: product.transposesLeft ? product.rows : product.inner)
            var right = MatrixView(
                read(product.right) + number * product.rightStride,
                rows: product.transposesRight ? product.columns : product.inner,
                columns: product.transposesRight ? product.inner : product.columns)
            left.isTransposed = product.transposesLeft
            right.isTransposed = product.transposesRight
            let isAdded = number > 0 && product.resultStride == 0
            Scalar.multiply(
                left, right, write(result) + number * product.resultStride, rowStride: product.columns,
                scale: Scalar(product.scale), keep: isAdded ? 1 : Scalar(product.keep))
        }
    }

    func addBias(
        _ bias: Tensor, to x: Tensor, applying function: ElementwiseFunction, before: Tensor?, into result: Tensor
    ) {
        Scalar.addBiasAndApply(
            function, read(x), rowStride: x.columnCount, read(bias), before.map(write), write(result), x.rowCount,
            x.columnCount)
    }

    func addBiasGradient(
        of function: ElementwiseFunction, at x: Tensor, _ gradient: Tensor, into result: Tensor, biasGradient: Tensor
    ) {
        Scalar.applyGradientAndSum(
            function, read(x), read(gradient), write(result), write(biasGradient), x.rowCount, x.columnCount)
    }

    func scatterRows(_ rows: Tensor, at indices: Tensor, into sum: Tensor) {
        let indices = UnsafePointer(indices.memory.assumingMemoryBound(to: Int64.self))
        let (source, columns) = (read(rows), rows.columnCount)
        for row in 0..<rows.rowCount {
            Scalar.accumulate(source + row * columns, 1, write(sum) + Int(indices[row]) * columns, columns)
        }
    }

    func read(_ tensor: Tensor) -> UnsafePointer<Scalar> { UnsafePointer(write(tensor)) }

    func write(_ tensor: Tensor) -> UnsafeMutablePointer<Scalar> {
        assert(tensor.dtype == Scalar.dtype, "All tensors of an operation have one type")
        return tensor.memory.assumingMemoryBound(to: Scalar.self)
    }
}
