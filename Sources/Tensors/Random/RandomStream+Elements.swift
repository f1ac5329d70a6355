import CKernels

extension RandomStream {
    // Single elements.

    /// An element of 24 random bits, uniform in 0 ≤ u < 1.
    public func uniformFloat(at index: Int) -> Float {
        Float(block(UInt64(index) / 4)[index % 4] >> 8) * 0x1p-24
    }

    /// An element of 53 random bits, uniform in 0 ≤ u < 1.
    public func uniformDouble(at index: Int) -> Double {
        Double(bits(at: UInt64(index)) >> 11) * 0x1p-53
    }

    // Ranges of elements, vectorised. They have the same bits as single ones.

    /// Fills a buffer with `uniformFloat` of the elements from a start on.
    public func fillUniform(_ values: UnsafeMutableBufferPointer<Float>, from start: Int = 0) {
        Kernels.best.pointee.uniform_float32(kernelStream, UInt64(start), values.address, values.count)
    }

    /// Fills a buffer with `uniformDouble` of the elements from a start on.
    public func fillUniform(_ values: UnsafeMutableBufferPointer<Double>, from start: Int = 0) {
        Kernels.best.pointee.uniform_float64(kernelStream, UInt64(start), values.address, values.count)
    }

    /// Fills a buffer with elements of the standard normal distribution, from a start on.
    ///
    /// G. E. P. Box, M. E. Muller: *A note on the generation of random normal deviates*, 1958. With the uniform `Double`
    /// elements 2b and 2b + 1 as u and v, normal elements 2b and 2b + 1 are √(−2 ln(1 − u)) · cos 2πv and
    /// √(−2 ln(1 − u)) · sin 2πv. They are computed in `Double` by operations that every processor rounds alike, without
    /// the C library, whose functions differ between systems. No element is farther from 0 than 8.6.
    public func fillNormal(_ values: UnsafeMutableBufferPointer<Float>, from start: Int = 0) {
        Kernels.best.pointee.normal_float32(kernelStream, UInt64(start), values.address, values.count)
    }

    /// Fills a buffer with 1 at the given probability, otherwise 0, for the elements from a start on.
    ///
    /// An element is 1 if its 32-bit word is less than 2³² · probability, rounded.
    public func fillBernoulli(probability: Double, _ mask: UnsafeMutableBufferPointer<UInt8>, from start: Int = 0) {
        Kernels.best.pointee.bernoulli_mask(
            kernelStream, UInt64(start), threshold(probability), mask.address, mask.count)
    }

    /// Multiplies elements with a factor at the given probability, and makes the others 0, from a start on.
    ///
    /// x[k] = mask[k] · factor · x[k], with the mask that `fillBernoulli` gives. What is made 0 is so even if it was not
    /// finite.
    public func keep(
        probability: Double, factor: Float, _ x: UnsafeMutableBufferPointer<Float>, from start: Int = 0
    ) {
        Kernels.best.pointee.bernoulli_scale(
            kernelStream, UInt64(start), threshold(probability), factor, x.address, x.count)
    }

    private func threshold(_ probability: Double) -> UInt64 {
        precondition(probability >= 0 && probability <= 1, "Probabilities lie between 0 and 1")
        return UInt64((probability * 0x1p32).rounded())
    }
}
