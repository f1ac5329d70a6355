/// How much water there is, and how it looks.
struct Water {
    /// The mean of the noise that drops are made of.
    let mean: Float
    /// Its standard deviation.
    let deviation: Float
    /// The standard deviation of the blur that makes drops of it, in pixels.
    let layerSigma: Double
    /// Where the liquid is higher, there is water.
    let threshold: Float
    /// How much of its colour the water adds at most.
    let strength: Float
}

extension Image {
    /// Drops of water lie on an image in colours, brighter on one side.
    ///
    /// As ImageNet-C has it, with the operators of OpenCV: the light is made of the distances from the edges of the liquid.
    ///
    /// - Parameters:
    ///   - noise: Normal numbers, one for each pixel.
    ///   - water: How much there is.
    /// - Returns: An image of the same size.
    func withWater(_ noise: [Float], _ water: Water) -> Image {
        let layer = Plane(height: height, width: width, values: noise.map { water.mean + water.deviation * $0 })
        // 8 bits, cut off.
        let liquid = layer.blurred(water.layerSigma).map {
            $0 < water.threshold ? 0 : min(max($0 * 255, 0), 255).rounded(.down)
        }
        let light = Self.light(of: liquid)
        let cover = zip(liquid.values, light).map { $0 * $1 }
        guard let highest = cover.max(), highest > 0 else { return self }
        // Pale turquoise.
        let color: [Float] = [175, 238, 238]
        return Image(height: height, width: width, channels: channels) { result in
            for (index, sample) in samples.enumerated() {
                let part = cover[index / channels] / highest * water.strength
                let value = Float(sample) / 255 + part * color[index % channels] / 255
                result[index] = UInt8(min(max(value, 0), 1) * 255)
            }
        }
    }

    /// How the liquid reflects: a relief of the distances from its edges, lit from one corner; whole numbers up to 255.
    private static func light(of liquid: Plane) -> [Float] {
        let near = CannyEdges(of: liquid, low: 50, high: 150).distances.map { min($0, 20) }
        func plane(_ values: [Double], _ rounding: FloatingPointRoundingRule) -> Plane {
            Plane(
                height: liquid.height, width: liquid.width,
                values: values.map { Float(min(max($0.rounded(rounding), 0), 255)) })
        }
        let distances = plane(near.localMeans.map { Double(Float($0)) }, .down).withEqualHistogram
        let relief = plane(distances.filtered([-2, -1, 0, -1, 1, 1, 0, 1, 2]), .toNearestOrEven)
        return plane(relief.localMeans, .toNearestOrEven).values
    }
}

extension Plane {
    /// Numbers of 8 bits, spread so that each part of the range holds about as many of them.
    ///
    /// Each becomes the share of those up to it, times 255; the lowest ones count as none.
    fileprivate var withEqualHistogram: Plane {
        var counts = [Int](repeating: 0, count: 256)
        for value in values { counts[Int(value)] += 1 }
        guard let lowest = counts.firstIndex(where: { $0 > 0 }), counts[lowest] < values.count else { return self }
        let scale = 255 / Float(values.count - counts[lowest])
        var spread = [Float](repeating: 0, count: 256)
        var sum = 0
        for value in lowest + 1..<256 {
            sum += counts[value]
            spread[value] = (Float(sum) * scale).rounded(.toNearestOrEven)
        }
        return map { spread[Int($0)] }
    }
}
