import Tensors

/// A way in which images get worse, to see how well a model bears it.
///
/// D. Hendrycks, T. Dietterich: *Benchmarking neural network robustness to common corruptions and perturbations*, ICLR
/// 2019; the seven kinds that model merging is measured with, and their severities for small images. Random ones depend on
/// a seed and the number of the image alone.
public struct ImageCorruption: Sendable, Equatable {
    /// The kinds.
    public enum Kind: String, Sendable, CaseIterable {
        case contrast
        case gaussianNoise = "gaussian_noise"
        case impulseNoise = "impulse_noise"
        case jpegCompression = "jpeg_compression"
        case motionBlur = "motion_blur"
        case pixelate
        case spatter
    }

    /// What happens to images.
    public let kind: Kind
    /// How much, from 1 to 5.
    public let severity: Int
    /// What `severity` can be.
    public static let severities = 1...5

    /// A corruption.
    ///
    /// - Throws: `ImageCorruptionProblem` if there is no such severity.
    public init(_ kind: Kind, severity: Int) throws(ImageCorruptionProblem) {
        guard Self.severities.contains(severity) else {
            throw ImageCorruptionProblem(kind: kind, severity: severity)
        }
        self.kind = kind
        self.severity = severity
    }

    /// The corrupted image, in colours.
    ///
    /// - Parameters:
    ///   - image: Any image.
    ///   - seed: The seed of the job.
    ///   - index: The number of the image in its data set.
    /// - Returns: An image of the same size.
    /// - Throws: `ImageError` if the image cannot be compressed.
    public func apply(to image: Image, seed: UInt64, index: Int) throws(ImageError) -> Image {
        let image = image.rgb
        let stream = RandomStream(seed: seed, purpose: "corruption/\(kind.rawValue)", name: "image \(index)")
        switch kind {
        case .contrast: return image.withContrast(of([0.75, 0.5, 0.4, 0.3, 0.15]))
        case .gaussianNoise:
            return image.withNoise(stream.normal(image.samples.count), scale: of([0.04, 0.06, 0.08, 0.09, 0.10]))
        case .impulseNoise:
            return image.withImpulses(
                stream.uniform(2 * image.samples.count), amount: of([0.01, 0.02, 0.03, 0.05, 0.07]))
        case .jpegCompression:
            return try ImageDecoder().decode(try JPEGEncoder(quality: of([80, 65, 58, 50, 40])).encode(image)).rgb
        case .motionBlur:
            return image.withMotionBlur(
                width: of([13, 13, 13, 17, 19]), sigma: of([1, 1.5, 2, 2, 2.5]),
                degrees: -45 + 90 * stream.uniformDouble(at: 0))
        case .pixelate: return image.pixelated(of([0.95, 0.9, 0.85, 0.75, 0.65]))
        case .spatter: return image.withSpatter(stream.normal(image.height * image.width), of(Spatter.all))
        }
    }

    private func of<Value>(_ values: [Value]) -> Value { values[severity - 1] }
}

/// There is no such severity.
public struct ImageCorruptionProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was to happen to images.
    public let kind: ImageCorruption.Kind
    /// How much was asked for.
    public let severity: Int

    /// What is wrong, and what would do.
    public var description: String {
        let severities = ImageCorruption.severities
        return
            "\(kind.rawValue) has the severities \(severities.lowerBound) to \(severities.upperBound), not \(severity)"
    }
}

/// What lies on an image: water, and mud where it is worse.
private enum Spatter {
    case water(Water)
    case mud(Mud)

    static let all: [Spatter] = [
        .water(Water(mean: 0.62, deviation: 0.1, layerSigma: 0.7, threshold: 0.7, strength: 0.5)),
        .water(Water(mean: 0.65, deviation: 0.1, layerSigma: 0.8, threshold: 0.7, strength: 0.5)),
        .water(Water(mean: 0.65, deviation: 0.3, layerSigma: 1, threshold: 0.69, strength: 0.5)),
        .mud(Mud(layerSigma: 0.7, threshold: 0.69, edgeSigma: 0.6)),
        .mud(Mud(layerSigma: 0.5, threshold: 0.68, edgeSigma: 0.6)),
    ]
}

extension Image {
    fileprivate func withSpatter(_ noise: [Float], _ spatter: Spatter) -> Image {
        switch spatter {
        case .water(let water): withWater(noise, water)
        case .mud(let mud): withMud(noise, mud)
        }
    }
}

extension RandomStream {
    fileprivate func normal(_ count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initializedCount = count
        }
    }

    fileprivate func uniform(_ count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initializedCount in
            fillUniform(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initializedCount = count
        }
    }
}
