import CKernels
import Tensors

/// Arithmetic on stretches, element by element, in the fastest form for this machine.
///
/// Buffers of one call have the same length. Products are rounded before sums, so that all machines give the same bits.
enum FloatArithmetic {
    /// A table of functions that never changes.
    nonisolated(unsafe) private static let kernels = ckernels_best().pointee

    /// Stored elements as binary32; those of types that binary32 holds exactly, and binary64 rounded.
    static func decode(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, into values: UnsafeMutableBufferPointer<Float>)
    {
        guard let source = bytes.baseAddress, let result = values.baseAddress else { return }
        kernels.decode(element(dtype), source, result, values.count)
    }

    /// Values as they are stored, rounded to nearest, ties to even.
    static func encode(_ values: UnsafeBufferPointer<Float>, _ dtype: DType, into bytes: UnsafeMutableRawBufferPointer)
    {
        guard let source = values.baseAddress, let result = bytes.baseAddress else { return }
        kernels.encode(element(dtype), source, result, values.count)
    }

    private static func element(_ dtype: DType) -> ckernels_element {
        switch dtype {
        case .float16: CKERNELS_FLOAT16
        case .bfloat16: CKERNELS_BFLOAT16
        case .float32: CKERNELS_FLOAT32
        case .float64: CKERNELS_FLOAT64
        default: preconditionFailure("\(dtype) is not merged")
        }
    }

    /// The index of the first value that is infinite or not a number; nil if there is none.
    static func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int? {
        firstNonFinite(UnsafeRawBufferPointer(values), .float32, count: values.count)
    }

    /// The index of the first stored element that is infinite or not a number; nil if there is none.
    static func firstNonFinite(_ bytes: UnsafeRawBufferPointer, _ dtype: DType, count: Int) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        let index = kernels.first_non_finite(element(dtype), base, count)
        return index < count ? index : nil
    }

    /// result = weight · x.
    static func scale(_ x: UnsafeBufferPointer<Float>, by weight: Float, into result: UnsafeMutableBufferPointer<Float>)
    {
        guard let source = x.baseAddress, let target = result.baseAddress else { return }
        kernels.scale(CKERNELS_FLOAT32, source, weight, target, x.count)
    }

    /// x = weight · x.
    static func scale(_ x: UnsafeMutableBufferPointer<Float>, by weight: Float) {
        if let base = x.baseAddress { kernels.scale_in_place(base, weight, x.count) }
    }

    /// sum = sum + weight · x.
    static func accumulate(
        _ x: UnsafeBufferPointer<Float>, weight: Float, into sum: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let target = sum.baseAddress else { return }
        kernels.accumulate(CKERNELS_FLOAT32, source, weight, target, x.count)
    }

    /// sum = sum + weight · (x − base).
    static func accumulateDifference(
        _ x: UnsafeBufferPointer<Float>, _ base: UnsafeBufferPointer<Float>, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let base = base.baseAddress, let target = sum.baseAddress else { return }
        kernels.accumulate_difference(CKERNELS_FLOAT32, source, base, weight, target, x.count)
    }

    /// result = x − base.
    static func subtract(
        _ base: UnsafeBufferPointer<Float>, from x: UnsafeBufferPointer<Float>,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let base = base.baseAddress, let target = result.baseAddress else { return }
        kernels.difference(CKERNELS_FLOAT32, source, base, target, x.count)
    }

    /// result = x + weight · delta.
    static func add(
        _ delta: UnsafeBufferPointer<Float>, weight: Float, to x: UnsafeBufferPointer<Float>,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let delta = delta.baseAddress, let target = result.baseAddress else { return }
        kernels.add_scaled(CKERNELS_FLOAT32, source, delta, weight, target, x.count)
    }

    /// result = Σ weights[i] · inputs[i], in the order of inputs.
    static func weightedSum(
        _ inputs: [UnsafeBufferPointer<Float>], weights: [Float], into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(inputs.count == weights.count, "Each input needs a weight")
        guard let target = result.baseAddress else { return }
        let pointers = inputs.compactMap { $0.baseAddress.map { UnsafeRawPointer($0) } }
        pointers.withUnsafeBufferPointer { pointers in
            weights.withUnsafeBufferPointer { weights in
                kernels.weighted_sum(
                    CKERNELS_FLOAT32, pointers.baseAddress, weights.baseAddress, pointers.count, target, result.count)
            }
        }
    }

    /// Σ x · y in binary64, in a fixed order.
    static func dotProduct(_ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> Double {
        guard let first = x.baseAddress, let second = y.baseAddress else { return 0 }
        return kernels.dot_product(first, second, nil, x.count)
    }

    /// Σ (x − base) · (y − base) in binary64, in a fixed order; the differences in binary32.
    static func dotProduct(
        _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>
    ) -> Double {
        guard let first = x.baseAddress, let second = y.baseAddress, let base = base.baseAddress else { return 0 }
        return kernels.dot_product(first, second, base, x.count)
    }

    /// Σ |x − base| in binary64, in a fixed order.
    static func absoluteSum(_ x: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>?) -> Double {
        guard let first = x.baseAddress else { return 0 }
        return kernels.absolute_sum(first, base?.baseAddress, x.count)
    }
}

/// What task vectors agree on.
extension FloatArithmetic {
    /// Sets values to 0 whose magnitude is smaller than the one with these bits.
    static func keepMagnitudes(from low: UInt32, of x: UnsafeMutableBufferPointer<Float>) {
        if let base = x.baseAddress { kernels.keep_magnitudes(base, low, x.count) }
    }

    /// The sign of each sum: 1 or -1, and the majority's where the sum is 0.
    static func electSigns(of sum: UnsafeMutableBufferPointer<Float>, majority: Float) {
        if let base = sum.baseAddress { kernels.elect_signs(base, majority, sum.count) }
    }

    /// The number of positive values less that of negative ones.
    static func signBalance(_ x: UnsafeBufferPointer<Float>) -> Int {
        x.baseAddress.map { Int(kernels.sign_balance($0, x.count)) } ?? 0
    }

    /// Adds weight · x where x has the elected sign: positive for signs above 0, negative otherwise.
    static func accumulateElected(
        _ x: UnsafeBufferPointer<Float>, signs: UnsafeBufferPointer<Float>, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let signs = signs.baseAddress, let target = sum.baseAddress else { return }
        kernels.accumulate_elected(source, signs, weight, target, x.count)
    }

    /// Adds the weight where x has the elected sign.
    static func accumulateElectedWeight(
        _ x: UnsafeBufferPointer<Float>, signs: UnsafeBufferPointer<Float>, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let signs = signs.baseAddress, let target = sum.baseAddress else { return }
        kernels.accumulate_elected_weight(source, signs, weight, target, x.count)
    }

    /// Takes values over that have the elected sign and a larger magnitude.
    static func takeLargestElected(
        _ x: UnsafeBufferPointer<Float>, signs: UnsafeBufferPointer<Float>,
        into largest: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let signs = signs.baseAddress, let target = largest.baseAddress else {
            return
        }
        kernels.largest_elected(source, signs, target, x.count)
    }

    /// Takes values over whose magnitude is not smaller.
    static func takeLargerMagnitude(
        _ x: UnsafeBufferPointer<Float>, into largest: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = x.baseAddress, let target = largest.baseAddress else { return }
        kernels.larger_magnitude(source, target, x.count)
    }

    /// x = x / max(divisors, least).
    static func divide(
        _ x: UnsafeMutableBufferPointer<Float>, by divisors: UnsafeBufferPointer<Float>, least: Float
    ) {
        guard let target = x.baseAddress, let divisors = divisors.baseAddress else { return }
        kernels.divide(target, divisors, least, x.count)
    }

    /// The counters of one bucket: equal magnitudes in a row go to different ones, so that none waits for the one before.
    static let countersOfBucket = Int(CKERNELS_COUNTERS)

    /// Counts magnitudes of x − base by their upper 16 bits.
    static func countUpperBits(
        _ x: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>?,
        into counters: UnsafeMutablePointer<UInt32>
    ) {
        if let source = x.baseAddress { kernels.count_upper_bits(source, base?.baseAddress, x.count, counters) }
    }

    /// Counts magnitudes of x − base by their lower 16 bits, of those with these upper bits.
    static func countLowerBits(
        _ x: UnsafeBufferPointer<Float>, base: UnsafeBufferPointer<Float>?, upper: UInt32,
        into counters: UnsafeMutablePointer<UInt32>
    ) {
        if let source = x.baseAddress { kernels.count_lower_bits(source, base?.baseAddress, x.count, upper, counters) }
    }
}
