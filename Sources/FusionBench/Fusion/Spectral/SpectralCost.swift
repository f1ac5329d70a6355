/// Floating-point operations of what spectral methods are made of, as they take time: those of decompositions, which do not
/// run at the speed of products, count several times.
enum SpectralCost {
    /// A product of `[m, k]` and `[k, n]`.
    static func product(_ m: Int, _ n: Int, _ k: Int) -> Double { 2 * Double(m) * Double(n) * Double(k) }

    /// The smaller Gram matrix of `[m, n]`.
    static func gram(_ m: Int, _ n: Int) -> Double { Double(m) * Double(n) * Double(min(m, n)) }

    /// All eigenvectors of a symmetric matrix, or the largest ones.
    static func eigenvectors(_ size: Int, _ count: Int) -> Double {
        (count * 3 > size ? 9 : 5) * Double(size) * Double(size) * Double(size)
    }

    /// The largest singular vectors of `[m, n]`.
    static func singularVectors(_ m: Int, _ n: Int, _ count: Int) -> Double {
        gram(m, n) + eigenvectors(min(m, n), count) + product(m, n, count)
    }

    /// The polar decomposition of `[m, n]` without the factor itself.
    static func polar(_ m: Int, _ n: Int) -> Double {
        let size = min(m, n)
        return gram(m, n) + eigenvectors(size, size) + gram(size, size)
    }
}
