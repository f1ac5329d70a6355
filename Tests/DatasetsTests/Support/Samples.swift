import Datasets

/// Samples that are made alike here and by the script of the fixtures.
enum Samples {
    /// The upper bytes of a linear congruential generator's numbers.
    static func noise(_ count: Int, seed: UInt32) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(state >> 24)
        }
    }
}

extension Image {
    static func noise(height: Int, width: Int, channels: Int, seed: UInt32) -> Image {
        Image(
            height: height, width: width, channels: channels,
            samples: Samples.noise(height * width * channels, seed: seed))
    }
}
