import Glibc

/// How much mud there is, and how it looks.
struct Mud {
    /// The standard deviation of the blur that makes drops of noise, in pixels.
    let layerSigma: Double
    /// Where the liquid is higher, there is mud.
    let threshold: Float
    /// The standard deviation of the blur of its edges, in pixels.
    let edgeSigma: Double
}

extension Image {
    /// Drops of mud cover parts of an image in colours.
    ///
    /// - Parameters:
    ///   - noise: Normal numbers, one for each pixel.
    ///   - mud: How much there is.
    /// - Returns: An image of the same size.
    func withMud(_ noise: [Float], _ mud: Mud) -> Image {
        let liquid = Plane(height: height, width: width, values: noise.map { 0.65 + 0.1 * $0 }).blurred(mud.layerSigma)
        let drops = Plane(height: height, width: width, values: liquid.values.map { $0 > mud.threshold ? 1 : 0 })
        let cover = drops.blurred(mud.edgeSigma).values.map { $0 < 0.8 ? 0 : $0 }
        let color: [Float] = [63, 42, 20]
        return Image(height: height, width: width, channels: channels) { result in
            for (index, sample) in samples.enumerated() {
                let part = cover[index / channels]
                let value = Float(sample) / 255 * (1 - part) + color[index % channels] / 255 * part
                result[index] = UInt8(min(max(value, 0), 1) * 255)
            }
        }
    }
}

/// Numbers at the places of pixels.
struct Plane {
    let height: Int
    let width: Int
    let values: [Float]

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
}
