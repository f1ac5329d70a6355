/// Arithmetic on buffers of `Float`, element by element, in the fastest form for this machine.
///
/// Buffers of one call have the same length. Products are rounded before sums, so that all machines give the same bits.
public enum FloatArithmetic {
    /// Sets values to stored elements as binary32; those of binary64 are rounded.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, _ dtype: DType, into values: UnsafeMutableBufferPointer<Float>
    ) {
        guard let decoder = ElementDecoder(dtype) else { preconditionFailure("\(dtype) is no type of numbers") }
        decoder.decode(bytes, into: values)
    }

    /// Sets bytes to values as they are stored, rounded to nearest, ties to even.
    public static func encode(
        _ values: UnsafeBufferPointer<Float>, _ dtype: DType, into bytes: UnsafeMutableRawBufferPointer
    ) {
        guard let encoder = ElementEncoder(dtype) else { preconditionFailure("\(dtype) is no type of numbers") }
        encoder.encode(values, into: bytes)
    }

    /// The index of the first value that is infinite or not a number; nil if there is none.
    public static func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
        FloatingPointElements(values).firstNonFinite
    }

    /// The index of the first stored element that is infinite or not a number; nil if there is none.
    public static func firstNonFinite(_ bytes: UnsafeRawBufferPointer, _ dtype: DType) -> Int? {
        FloatingPointElements(bytes, of: dtype)?.firstNonFinite
    }

    /// Sets result = weight · x.
    public static func scale(
        _ x: UnsafeBufferPointer<Float>, by weight: Float, into result: UnsafeMutableBufferPointer<Float>
    ) {
        ElementwiseArithmetic.scale(FloatingPointElements(x), by: weight, into: result)
    }

    /// Sets x = weight · x.
    public static func scale(_ x: UnsafeMutableBufferPointer<Float>, by weight: Float) {
        ElementwiseArithmetic.scale(x, by: weight)
    }

    /// Sets sum = sum + weight · x.
    public static func accumulate(
        _ x: UnsafeBufferPointer<Float>, weight: Float, into sum: UnsafeMutableBufferPointer<Float>
    ) {
        ElementwiseArithmetic.accumulate(FloatingPointElements(x), weight: weight, into: sum)
    }

    /// Sets sum = sum + weight · (x − base).
    public static func accumulateDifference(
        _ x: UnsafeBufferPointer<Float>, _ base: UnsafeBufferPointer<Float>, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        ElementwiseArithmetic.accumulateDifference(
            of: FloatingPointElements(x), from: FloatingPointElements(base), weight: weight, into: sum)
    }

    /// Sets result = x − base.
    public static func subtract(
        _ base: UnsafeBufferPointer<Float>, from x: UnsafeBufferPointer<Float>,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        ElementwiseArithmetic.difference(
            of: FloatingPointElements(x), from: FloatingPointElements(base), into: result)
    }

    /// Sets result = x + weight · delta.
    public static func add(
        _ delta: UnsafeBufferPointer<Float>, weight: Float, to x: UnsafeBufferPointer<Float>,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        ElementwiseArithmetic.add(delta, weight: weight, to: FloatingPointElements(x), into: result)
    }

    /// Sets result = Σ weights[i] · inputs[i], in the order of inputs.
    public static func weightedSum(
        _ inputs: [UnsafeBufferPointer<Float>], weights: [Float], into result: UnsafeMutableBufferPointer<Float>
    ) {
        ElementwiseArithmetic.weightedSum(of: inputs.map(FloatingPointElements.init), weights: weights, into: result)
    }

    /// Σ x · y in binary64, in a fixed order.
    public static func dotProduct(_ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> Double {
        FixedOrderSum.dotProduct(x, y)
    }

    /// Σ (x − base) · (y − base) in binary64, in a fixed order; the differences in binary32.
    public static func dotProduct(
        _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>
    ) -> Double {
        FixedOrderSum.dotProduct(x, y, minus: base)
    }

    /// Σ |x − base| in binary64, in a fixed order.
    public static func absoluteSum(_ x: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>?) -> Double {
        FixedOrderSum.absoluteSum(x, minus: base)
    }
}
