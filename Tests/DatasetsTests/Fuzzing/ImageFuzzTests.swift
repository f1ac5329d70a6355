import Datasets
import OperatingSystem
import TestSupport
import Testing

/// Any bytes are an image or are refused.
@Suite("Images of any bytes")
struct ImageFuzzTests {
    private static func target(_ prefix: String) -> FuzzTarget<[UInt8]> {
        let mark: [UInt8] = prefix == "png" ? [0x89, 0x50] : [0xFF, 0xD8]
        let corpus = ImageFixtures.names.compactMap { try? ImageFixtures.encoded($0) }.filter { $0.starts(with: mark) }
        let text = FuzzText(
            alphabet: [
                "\0\0\0\u{1}", "IDAT", "PLTE", "tRNS", "IEND", "Exif\0\0", "Raw profile type exif\0", "II*\0", "MM\0*",
                "JFIF",
            ],
            corpus: corpus
        ) { random in
            // Markers and lengths where none were.
            var bytes = random.pick(corpus)
            for _ in 0..<random.below(8) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                bytes.replaceSubrange(place..<min(bytes.count, place + 2), with: [0xFF, 0xC0 | random.byte() & 0x3F])
            }
            return bytes
        }
        return FuzzTarget(name: "image-\(prefix)") { random in
            text.make(&random)
        } check: { (bytes: [UInt8]) in
            var decoder = ImageDecoder()
            decoder.pixelLimit = 1 << 18
            do throws(ImageError) {
                let image = try decoder.decode(bytes)
                guard image.height * image.width <= decoder.pixelLimit,
                    image.samples.count == image.height * image.width * image.channels
                else { throw ImageError.outOfMemory }
            } catch {
                if error == .outOfMemory { throw PropertyFailure("sizes do not agree") }
                if error.description.isEmpty { throw PropertyFailure("no message") }
            }
        }
    }

    @Test("JPEG and PNG", arguments: ["jpeg", "png"])
    func images(format: String) {
        Self.target(format).run(inputs: 3000)
    }
}
