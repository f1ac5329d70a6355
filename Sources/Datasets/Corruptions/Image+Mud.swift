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
