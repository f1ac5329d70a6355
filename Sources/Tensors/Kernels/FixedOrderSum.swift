import CKernels

/// Sums over many elements, in `Double` and in an order that depends on their number alone.
///
/// Element i is added to partial sum i mod 32, in the order of i. Then partial sums 16 to 31 are added to 0 to 15, 8 to 15
/// to 0 to 7, and so on, until one is left. Products of two `Float` are exact in `Double`. So the bits are the same with
/// every instruction set.
///
/// Where a base is given, sums are over the differences from it, rounded to `Float` as `ElementwiseArithmetic` does.
public enum FixedOrderSum {
    /// The products of two vectors with each other and with themselves.
    public struct Products: Sendable, Hashable {
        /// Σ x[i] · y[i].
        public let dotProduct: Double
        /// Σ x[i]².
        public let squaredNormOfX: Double
        /// Σ y[i]².
        public let squaredNormOfY: Double
    }

    /// Σ x[i].
    public static func sum(_ x: UnsafeBufferPointer<Float>) -> Double {
        Kernels.best.pointee.sum(x.address, x.count)
    }

    /// Σ |x[i] − base[i]|, without base Σ |x[i]|.
    public static func absoluteSum(
        _ x: UnsafeBufferPointer<Float>, minus base: UnsafeBufferPointer<Float>? = nil
    ) -> Double {
        precondition(base.map { $0.count == x.count } ?? true, "Counts must be equal")
        return Kernels.best.pointee.absolute_sum(x.address, base?.address, x.count)
    }

    /// Σ (x[i] − base[i])², without base Σ x[i]².
    public static func squaredNorm(
        _ x: UnsafeBufferPointer<Float>, minus base: UnsafeBufferPointer<Float>? = nil
    ) -> Double {
        precondition(base.map { $0.count == x.count } ?? true, "Counts must be equal")
        return Kernels.best.pointee.squared_norm(x.address, base?.address, x.count)
    }

    /// Σ (x[i] − base[i]) · (y[i] − base[i]), without base Σ x[i] · y[i].
    public static func dotProduct(
        _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, minus base: UnsafeBufferPointer<Float>? = nil
    ) -> Double {
        precondition(x.count == y.count && base.map { $0.count == x.count } ?? true, "Counts must be equal")
        return Kernels.best.pointee.dot_product(x.address, y.address, base?.address, x.count)
    }

    /// Σ x[i] · (y[i] − base[i]).
    public static func dotProduct(
        _ x: UnsafeBufferPointer<Float>, withDifferenceOf y: UnsafeBufferPointer<Float>,
        from base: UnsafeBufferPointer<Float>
    ) -> Double {
        precondition(x.count == y.count && x.count == base.count, "Counts must be equal")
        return Kernels.best.pointee.product_with_difference(x.address, y.address, base.address, x.count)
    }

    /// The dot product and both squared norms, with the same bits as one by one, in one go.
    public static func products(
        _ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>, minus base: UnsafeBufferPointer<Float>? = nil
    ) -> Products {
        precondition(x.count == y.count && base.map { $0.count == x.count } ?? true, "Counts must be equal")
        let products = Kernels.best.pointee.products(x.address, y.address, base?.address, x.count)
        return Products(
            dotProduct: products.first_second, squaredNormOfX: products.first_first,
            squaredNormOfY: products.second_second)
    }
}
