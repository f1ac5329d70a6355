import Glibc

/// The point on the arc between two vectors, as their coefficients.
///
/// Shoemake: "Animating rotation with quaternion curves" (1985).
struct Arc {
    /// The coefficient of the first vector.
    let first: Float
    /// The coefficient of the second vector.
    let second: Float

    /// Vectors shorter than this count as being as long as this.
    private static let leastNorm = 1e-7
    /// Below this squared sine, vectors count as parallel or opposite: binary32 cannot tell the cosine from ±1.
    private static let leastSquaredSine = 0x1p-24

    /// A point on the arc.
    ///
    /// - Parameters:
    ///   - position: From 0 for the first vector to 1 for the second.
    ///   - product: The scalar product of the vectors.
    ///   - squares: The squared norms of both.
    init(position: Double, product: Double, squares: (Double, Double)) {
        let norms = [squares.0, squares.1].map { max(Self.leastNorm, $0.squareRoot()) }
        let cosine = min(1, max(-1, product / (norms[0] * norms[1])))
        if 1 - cosine * cosine <= Self.leastSquaredSine {
            (first, second) = (Float(1 - position), Float(position))
        } else {
            let angle = acos(cosine)
            first = Float(sin((1 - position) * angle) / sin(angle))
            second = Float(sin(position * angle) / sin(angle))
        }
    }
}
