import Glibc

/// Numbers at the places of pixels, row by row.
struct Plane {
    let height: Int
    let width: Int
    var values: [Float]

    /// The plane with each number changed.
    func map(_ transform: (Float) -> Float) -> Plane {
        Plane(height: height, width: width, values: values.map(transform))
    }

    /// The plane after a normal blur, cut off at four standard deviations; beyond the edges their values go on.
    func blurred(_ sigma: Double) -> Plane {
        let radius = Int(4 * sigma + 0.5)
        let curve = (-radius...radius).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = curve.reduce(0, +)
        let weights = curve.map { $0 / sum }
        func pass(_ values: [Float], _ index: (_ y: Int, _ x: Int, _ offset: Int) -> Int) -> [Float] {
            (0..<values.count).map { place in
                let (y, x) = place.quotientAndRemainder(dividingBy: width)
                var value = 0.0
                for (tap, weight) in weights.enumerated() {
                    value += weight * Double(values[index(y, x, tap - radius)])
                }
                return Float(value)
            }
        }
        let columns = pass(values) { y, x, offset in min(max(y + offset, 0), height - 1) * width + x }
        let rows = pass(columns) { y, x, offset in y * width + min(max(x + offset, 0), width - 1) }
        return Plane(height: height, width: width, values: rows)
    }

    /// The sum over the 3 × 3 places around each one, each with its weight; beyond the edges, the plane is mirrored, and the
    /// edge itself does not repeat.
    ///
    /// - Parameter weights: Row by row.
    /// - Returns: The sums, not rounded.
    func filtered(_ weights: [Double]) -> [Double] {
        func mirrored(_ place: Int, _ count: Int) -> Int {
            count == 1 ? 0 : place < 0 ? -place : place < count ? place : 2 * (count - 1) - place
        }
        return values.indices.map { place in
            let (y, x) = place.quotientAndRemainder(dividingBy: width)
            var sum = 0.0
            for tap in 0..<9 {
                let row = mirrored(y + tap / 3 - 1, height)
                sum += weights[tap] * Double(values[row * width + mirrored(x + tap % 3 - 1, width)])
            }
            return sum
        }
    }

    /// The means over the 3 × 3 places around each one.
    var localMeans: [Double] { filtered([Double](repeating: 1, count: 9)).map { $0 / 9 } }
}
