import Glibc

// What corruptions do to images in colours, given their random numbers. Samples count from 0 to 1; at the end they are cut
// to 8 bits, not rounded, as ImageNet-C has it.

extension Image {
    /// The image with samples that are made of the old ones.
    private func mapped(_ transform: (_ index: Int, _ value: Double) -> Double) -> Image {
        Image(height: height, width: width, channels: channels) { result in
            for (index, sample) in samples.enumerated() {
                let value = transform(index, Double(sample) / 255)
                result[index] = UInt8(min(max(value, 0), 1) * 255)
            }
        }
    }

    /// Differences from the mean of each channel are multiplied with a factor.
    func withContrast(_ factor: Double) -> Image {
        let means = (0..<channels).map { channel in
            let sum = stride(from: channel, to: samples.count, by: channels).reduce(0) { $0 + Int(samples[$1]) }
            return Double(sum) / 255 / Double(height * width)
        }
        return mapped { index, value in (value - means[index % channels]) * factor + means[index % channels] }
    }

    /// Normal numbers are added, one for each sample.
    func withNoise(_ noise: [Float], scale: Double) -> Image {
        mapped { index, value in value + Double(noise[index]) * scale }
    }

    /// Some samples become 0 or 1, either with the same probability.
    ///
    /// - Parameters:
    ///   - draws: Uniform numbers, two for each sample: whether it changes, and to what.
    ///   - amount: The share of samples that change.
    /// - Returns: An image of the same size.
    func withImpulses(_ draws: [Float], amount: Double) -> Image {
        mapped { index, value in
            guard Double(draws[2 * index]) < amount else { return value }
            return draws[2 * index + 1] < 0.5 ? 1 : 0
        }
    }

    /// The image is made smaller by a factor, and large again, by means over areas.
    func pixelated(_ factor: Double) -> Image {
        resized(
            height: max(1, Int(Double(height) * factor)), width: max(1, Int(Double(width) * factor)), filter: .box
        ).resized(height: height, width: width, filter: .box)
    }

    /// Each pixel becomes a mean of those along a line that begins with it, with half of a normal curve as weights.
    ///
    /// ImageMagick's `MotionBlurImage`: steps along the line go to the nearest pixel, and pixels outside of the image are
    /// those of its edge. Results are rounded.
    ///
    /// - Parameters:
    ///   - taps: The number of pixels.
    ///   - sigma: The standard deviation of the curve, in pixels.
    ///   - degrees: The direction of the line, clockwise from the right.
    /// - Returns: An image of the same size.
    func withMotionBlur(width taps: Int, sigma: Double, degrees: Double) -> Image {
        let angle = degrees * Double.pi / 180
        let curve = (0..<taps).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let sum = curve.reduce(0, +)
        let steps = (0..<taps).map { tap in
            (
                x: Int((Double(tap) * cos(angle) - 0.5).rounded(.up)),
                y: Int((Double(tap) * sin(angle) - 0.5).rounded(.up))
            )
        }
        return Image(height: height, width: width, channels: channels) { result in
            for y in 0..<height {
                for x in 0..<width {
                    for channel in 0..<channels {
                        var value = 0.0
                        for (weight, step) in zip(curve, steps) {
                            let row = min(max(y + step.y, 0), height - 1)
                            let column = min(max(x + step.x, 0), width - 1)
                            value += weight * Double(samples[(row * width + column) * channels + channel])
                        }
                        result[(y * width + x) * channels + channel] = UInt8((value / sum).rounded())
                    }
                }
            }
        }
    }
}
