import CKernels

/// Arithmetic over elements in `Float`, converted from their stored type on the way.
///
/// Each product is rounded before it is added, so that the bits are the same with every instruction set. Buffers have
/// equal counts; those that are written overlap no other one.
public enum ElementwiseArithmetic {
    /// Sets result[i] = weight · x[i].
    public static func scale(
        _ x: FloatingPointElements, by weight: Float, into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == result.count, "Counts must be equal")
        Kernels.best.pointee.scale(x.type, x.bytes.address, weight, result.address, x.count)
    }

    /// Sets x[i] = weight · x[i].
    public static func scale(_ x: UnsafeMutableBufferPointer<Float>, by weight: Float) {
        Kernels.best.pointee.scale_in_place(x.address, weight, x.count)
    }

    /// Sets sum[i] = sum[i] + weight · x[i].
    public static func accumulate(
        _ x: FloatingPointElements, weight: Float, into sum: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == sum.count, "Counts must be equal")
        Kernels.best.pointee.accumulate(x.type, x.bytes.address, weight, sum.address, x.count)
    }

    /// Sets sum[i] = sum[i] + weight · (x[i] − base[i]).
    ///
    /// Both have the same type.
    public static func accumulateDifference(
        of x: FloatingPointElements, from base: FloatingPointElements, weight: Float,
        into sum: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == sum.count && base.count == sum.count, "Counts must be equal")
        precondition(x.dtype == base.dtype, "Types must be equal")
        Kernels.best.pointee.accumulate_difference(
            x.type, x.bytes.address, base.bytes.address, weight, sum.address, x.count)
    }

    /// Sets result[i] = x[i] − base[i], as task vectors are defined.
    ///
    /// Both have the same type.
    public static func difference(
        of x: FloatingPointElements, from base: FloatingPointElements, into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(x.count == result.count && base.count == result.count, "Counts must be equal")
        precondition(x.dtype == base.dtype, "Types must be equal")
        Kernels.best.pointee.difference(x.type, x.bytes.address, base.bytes.address, result.address, x.count)
    }

    /// Sets result[i] = base[i] + weight · delta[i].
    public static func add(
        _ delta: UnsafeBufferPointer<Float>, weight: Float, to base: FloatingPointElements,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(base.count == result.count && delta.count == result.count, "Counts must be equal")
        Kernels.best.pointee.add_scaled(
            base.type, base.bytes.address, delta.address, weight, result.address, base.count)
    }

    /// Sets result[i] = weights[0] · inputs[0][i] + weights[1] · inputs[1][i] + ….
    ///
    /// Reads all inputs at once, each one once. Inputs are added in their order; without inputs the result is 0.
    ///
    /// - Parameters:
    ///   - inputs: Elements of one type.
    ///   - weights: One for each input.
    ///   - result: What gets the sums.
    public static func weightedSum(
        of inputs: [FloatingPointElements], weights: [Float], into result: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(inputs.count == weights.count, "Each input has a weight")
        precondition(inputs.allSatisfy { $0.count == result.count }, "Counts must be equal")
        let type = inputs.first?.type ?? CKERNELS_FLOAT32
        precondition(inputs.allSatisfy { $0.type == type }, "Types must be equal")
        Kernels.best.pointee.weighted_sum(
            type, inputs.map(\.bytes.address), weights, inputs.count, result.address, result.count)
    }
}
