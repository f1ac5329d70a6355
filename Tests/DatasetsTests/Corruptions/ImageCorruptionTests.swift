import OrderedCollections
import Testing

@testable import Datasets

/// Corruptions follow the formulas of ImageNet-C, and depend on seed and image alone.
@Suite("Corruptions")
struct ImageCorruptionTests {
    private static func clean() throws -> Image {
        Image(height: 32, width: 32, channels: 3, samples: try ImageFixtures.bytes("clean"))
    }

    private static func noise(_ count: Int, seed: UInt32) -> [Float] {
        Samples.noise(count, seed: seed).map { (Float($0) - 128) / 64 }
    }

    @Test("Samples are those of the formulas in NumPy, SciPy and Pillow")
    func formulas() throws {
        let image = try Self.clean()
        let noise = Self.noise(image.samples.count, seed: 31)
        let layer = Self.noise(32 * 32, seed: 32)
        var results: [(name: String, image: Image, tolerance: Int)] = []
        for factor in [0.75, 0.5, 0.4, 0.3, 0.15] { results.append(("contrast", image.withContrast(factor), 1)) }
        for scale in [0.04, 0.06, 0.08, 0.09, 0.10] {
            results.append(("noise", image.withNoise(noise, scale: scale), 1))
        }
        for severity in 1...5 {
            let corruption = try ImageCorruption(.jpegCompression, severity: severity)
            results.append(("jpeg", try corruption.apply(to: image, seed: 0, index: 0), 0))
        }
        for severity in 1...5 {
            let corruption = try ImageCorruption(.pixelate, severity: severity)
            results.append(("pixelate", try corruption.apply(to: image, seed: 0, index: 0), 0))
        }
        for mud in [
            Mud(layerSigma: 0.7, threshold: 0.69, edgeSigma: 0.6),
            Mud(layerSigma: 0.5, threshold: 0.68, edgeSigma: 0.6),
        ] { results.append(("mud", image.withMud(layer, mud), 1)) }
        let expected = try ImageFixtures.bytes("corrupted")
        #expect(expected.count == results.count * image.samples.count)
        for (number, result) in results.enumerated() {
            let start = number * image.samples.count
            let differences = result.image.samples.indices.map {
                abs(Int(result.image.samples[$0]) - Int(expected[start + $0]))
            }
            // Samples that lie on a border between two numbers may fall to either side.
            #expect(differences.max() ?? 256 <= result.tolerance, "\(result.name) \(number)")
            #expect(differences.count { $0 > 0 } < 30, "\(result.name) \(number)")
            #expect(result.image != image)
        }
    }

    @Test("Water is that of OpenCV and scikit-image")
    func water() throws {
        let image = try Self.clean()
        let expected = try ImageFixtures.bytes("water")
        #expect(expected.count == 9 * image.samples.count)
        var start = 0
        for (mean, deviation, sigma, threshold) in [
            (0.62, 0.1, 0.7, 0.7), (0.65, 0.1, 0.8, 0.7), (0.65, 0.3, 1, 0.69),
        ] as [(Float, Float, Double, Float)] {
            for seed in 41...43 as ClosedRange<UInt32> {
                let water = Water(
                    mean: mean, deviation: deviation, layerSigma: sigma, threshold: threshold, strength: 0.5)
                let result = image.withWater(Self.noise(32 * 32, seed: seed), water).samples
                let differences = result.indices.map { abs(Int(result[$0]) - Int(expected[start + $0])) }
                #expect(differences.max() ?? 256 <= 1, "\(mean) \(seed)")
                #expect(differences.count { $0 > 0 } < 30, "\(mean) \(seed)")
                #expect(zip(result, image.samples).allSatisfy { Int($0) + 1 >= Int($1) } && result != image.samples)
                start += result.count
            }
        }
    }

    @Test("Images of any size bear all corruptions", arguments: ImageCorruption.Kind.allCases)
    func sizes(kind: ImageCorruption.Kind) throws {
        for (height, width) in [(1, 1), (1, 9), (8, 1), (2, 3), (8, 8), (50, 17)] {
            let image = Image.noise(height: height, width: width, channels: 3, seed: 5)
            for severity in ImageCorruption.severities {
                let result = try ImageCorruption(kind, severity: severity).apply(to: image, seed: 3, index: 1)
                #expect([result.height, result.width, result.channels] == [height, width, 3])
            }
        }
    }

    @Test("Random ones depend on seed and image alone", arguments: ImageCorruption.Kind.allCases)
    func random(kind: ImageCorruption.Kind) throws {
        let image = try Self.clean()
        let corruption = try ImageCorruption(kind, severity: 5)
        let one = try corruption.apply(to: image, seed: 1, index: 2)
        #expect(one == (try corruption.apply(to: image, seed: 1, index: 2)))
        #expect(one != image)
        let isRandom = [.gaussianNoise, .impulseNoise, .motionBlur, .spatter].contains(kind)
        #expect((one != (try corruption.apply(to: image, seed: 1, index: 3))) == isRandom)
        #expect((one != (try corruption.apply(to: image, seed: 2, index: 2))) == isRandom)
    }

    @Test("Impulses change as many samples as they should, to both ends")
    func impulses() throws {
        let image = Image(height: 200, width: 200, channels: 3, samples: [UInt8](repeating: 100, count: 120_000))
        for (severity, share) in zip(1...5, [0.01, 0.02, 0.03, 0.05, 0.07]) {
            let samples = try ImageCorruption(.impulseNoise, severity: severity).apply(to: image, seed: 4, index: 0)
                .samples
            for value in [0, 255] as [UInt8] {
                let found = Double(samples.count { $0 == value })
                let expected = 60_000 * share
                #expect(abs(found - expected) < 5 * expected.squareRoot())
            }
            #expect(samples.allSatisfy { [0, 100, 255].contains($0) })
        }
    }

    @Test("Motion blur spreads a point along its line, and keeps what is constant")
    func motionBlur() {
        var samples = [UInt8](repeating: 0, count: 3 * 21 * 21)
        for channel in 0..<3 { samples[(10 * 21 + 10) * 3 + channel] = 255 }
        let point = Image(height: 21, width: 21, channels: 3, samples: samples)
        func places(_ degrees: Double) -> [[Int]] {
            let blurred = point.withMotionBlur(width: 5, sigma: 2, degrees: degrees)
            return (0..<21 * 21).filter { blurred.samples[3 * $0] > 0 }.map { [$0 / 21 - 10, $0 % 21 - 10] }
        }
        #expect(places(0) == [[0, -4], [0, -3], [0, -2], [0, -1], [0, 0]])
        #expect(places(90) == [[-4, 0], [-3, 0], [-2, 0], [-1, 0], [0, 0]])
        #expect(places(45) == [[-3, -3], [-2, -2], [-1, -1], [0, 0]])
        let flat = Image(height: 5, width: 4, channels: 3, samples: [UInt8](repeating: 77, count: 60))
        #expect(flat.withMotionBlur(width: 19, sigma: 2.5, degrees: 33) == flat)
    }

    @Test("Severities that are not there are refused")
    func severities() {
        for (kind, severity) in [(ImageCorruption.Kind.contrast, 0), (.contrast, 6), (.spatter, 6)] {
            #expect(throws: ImageCorruptionProblem.self) { try ImageCorruption(kind, severity: severity) }
        }
    }

    @Test("A data set gives corrupted images, and everything else as it is")
    func dataset() throws {
        let base = ListDataset.images(3, damaged: [1])
        let corruption = try ImageCorruption(.gaussianNoise, severity: 3)
        let dataset = CorruptedDataset(base, column: "image", corruption: corruption, seed: 7)
        #expect(dataset.count == 3)
        let example = try dataset.example(at: 2, columns: nil)
        #expect(example["label"] == .integer(2))
        let image = Image.noise(height: 12, width: 14, channels: 3, seed: 2)
        let expected = try corruption.apply(to: image, seed: 7, index: 2)
        #expect(example["image"] == .pixels(expected.samples, height: 12, width: 14, channels: 3))
        #expect(try dataset.example(at: 1, columns: ["label"]) == ["label": .integer(1)])
        #expect(throws: ImageError.self) { try dataset.example(at: 1, columns: nil) }
    }
}
