import Datasets
import Testing

/// Images are written as JPEG.
@Suite("Encoding JPEG")
struct JPEGEncoderTests {
    @Test("What is written reads back with small differences", arguments: [1, 3])
    func roundTrip(channels: Int) throws {
        let samples = (0..<70 * 90).flatMap { [UInt8](repeating: UInt8($0 % 90 * 2), count: channels) }
        let image = Image(height: 70, width: 90, channels: channels, samples: samples)
        let again = try ImageDecoder().decode(try JPEGEncoder(quality: 100).encode(image))
        #expect(again.channels == channels)
        #expect(zip(image.samples, again.samples).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    }

    @Test("Files larger than the first room for them are whole")
    func large() throws {
        let image = Image.noise(height: 700, width: 500, channels: 3, seed: 1)
        let bytes = try JPEGEncoder(quality: 100).encode(image)
        #expect(bytes.count > 1 << 18)
        #expect(bytes.suffix(2) == [0xFF, 0xD9])
        #expect(try ImageDecoder().decode(bytes).height == 700)
    }

    @Test("Images that the format cannot hold are refused")
    func tooLarge() {
        let image = Image(height: 1, width: 65_501, channels: 1, samples: [UInt8](repeating: 0, count: 65_501))
        #expect {
            try JPEGEncoder().encode(image)
        } throws: {
            if case .unwritable(let reason) = $0 as? ImageError { reason.contains("65500") } else { false }
        }
    }
}
