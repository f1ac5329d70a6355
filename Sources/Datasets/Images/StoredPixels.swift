import CImageCodecs

/// Pixels as a file stores them.
struct StoredPixels {
    let header: image_codecs_header
    let samples: [UInt8]

    /// The pixels as Pillow's `convert("RGB")` has them; grey ones with one channel.
    var image: Image {
        switch header.pixels {
        case IMAGE_CODECS_RGB: return image(samples, channels: 3)
        case IMAGE_CODECS_GRAY16: return converted(from: 2, to: 1) { SIMD4(repeating: $0[0] == 0 ? $0[1] : 255) }
        case IMAGE_CODECS_GRAY_ALPHA: return converted(from: 2, to: 1) { SIMD4(repeating: $0[0]) }
        case IMAGE_CODECS_RGBA: return converted(from: 4, to: 3) { SIMD4($0[0], $0[1], $0[2], 0) }
        case IMAGE_CODECS_PALETTE:
            let palette = self.palette
            return converted(from: 1, to: 3) { palette[Int($0[0])] }
        case IMAGE_CODECS_INVERTED_CMYK:
            return converted(from: 4, to: 3) {
                SIMD4(
                    Self.color(ink: $0[0], black: $0[3]), Self.color(ink: $0[1], black: $0[3]),
                    Self.color(ink: $0[2], black: $0[3]), 0)
            }
        default: return image(samples, channels: 1)
        }
    }

    private func image(_ samples: [UInt8], channels: Int) -> Image {
        Image(height: Int(header.height), width: Int(header.width), channels: channels, samples: samples)
    }

    /// Converts one pixel after another, without a check of each access.
    private func converted(
        from storedCount: Int, to channels: Int, _ convert: (UnsafePointer<UInt8>) -> PixelSamples
    ) -> Image {
        Image(height: Int(header.height), width: Int(header.width), channels: channels) { result in
            samples.withUnsafeBufferPointer { stored in
                guard let source = stored.baseAddress, let destination = result.baseAddress else { return }
                for pixel in 0..<stored.count / storedCount {
                    let values = convert(source + pixel * storedCount)
                    for channel in 0..<channels { destination[pixel * channels + channel] = values[channel] }
                }
            }
        }
    }

    /// The samples of one pixel.
    private typealias PixelSamples = SIMD4<UInt8>

    private var palette: [PixelSamples] {
        withUnsafeBytes(of: header.palette) { colors in
            (0..<256).map { SIMD4(colors[3 * $0], colors[3 * $0 + 1], colors[3 * $0 + 2], 0) }
        }
    }

    /// The light that is left by an amount of one ink and of black, both stored as 255 less the amount.
    ///
    /// Black takes its share first; products of bytes are divided by 255 with rounding.
    private static func color(ink inverted: UInt8, black invertedBlack: UInt8) -> UInt8 {
        let light = Int(invertedBlack)
        let product = (255 - Int(inverted)) * light + 128
        return UInt8(clamping: light - ((product >> 8) + product) >> 8)
    }
}
