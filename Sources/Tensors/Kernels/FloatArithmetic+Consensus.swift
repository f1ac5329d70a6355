import CKernels

/// What several vectors agree on.
///
/// A value is elected if it has the sign: it is positive where the sign is above 0, and negative otherwise.
extension FloatArithmetic {
    /// Sets values to 0 whose magnitude is smaller than the one with these bits.
    public static func keepMagnitudes(from low: UInt32, of x: UnsafeMutableBufferPointer<Float>) {
        Kernels.best.pointee.keep_magnitudes(x.address, low, x.count)
    }

    /// Sets each sum to its sign: 1 or -1, and the majority's where the sum is 0.
    public static func electSigns(of sum: UnsafeMutableBufferPointer<Float>, majority: Float) {
        Kernels.best.pointee.elect_signs(sum.address, majority, sum.count)
    }

    /// The number of positive values less that of negative ones.
    public static func signBalance(_ x: UnsafeBufferPointer<Float>) -> Int {
        Int(Kernels.best.pointee.sign_balance(x.address, x.count))
    }

    /// Adds weight · x where x is elected.
    public static func accumulateElected(
        _ x: UnsafeBufferPointer<Float>, signs: UnsafeBufferPointer<Float>, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == signs.count && x.count == sum.count, "Counts must be equal")
        Kernels.best.pointee.accumulate_elected(x.address, signs.address, weight, sum.address, x.count)
    }

    /// Adds the weight where x is elected.
    public static func accumulateElectedWeight(
        _ x: UnsafeBufferPointer<Float>, signs: UnsafeBufferPointer<Float>, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == signs.count && x.count == sum.count, "Counts must be equal")
        Kernels.best.pointee.accumulate_elected_weight(x.address, signs.address, weight, sum.address, x.count)
    }

    /// Takes values over that are elected and have a larger magnitude.
    public static func takeLargestElected(
        _ x: UnsafeBufferPointer<Float>, signs: UnsafeBufferPointer<Float>,
        into largest: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == signs.count && x.count == largest.count, "Counts must be equal")
        Kernels.best.pointee.largest_elected(x.address, signs.address, largest.address, x.count)
    }

    /// Takes values over whose magnitude is not smaller.
    public static func takeLargerMagnitude(
        _ x: UnsafeBufferPointer<Float>, into largest: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == largest.count, "Counts must be equal")
        Kernels.best.pointee.larger_magnitude(x.address, largest.address, x.count)
    }

    /// Sets x = x / max(divisors, least).
    public static func divide(
        _ x: UnsafeMutableBufferPointer<Float>, by divisors: UnsafeBufferPointer<Float>, least: Float
    ) {
        precondition(x.count == divisors.count, "Counts must be equal")
        Kernels.best.pointee.divide(x.address, divisors.address, least, x.count)
    }
}
