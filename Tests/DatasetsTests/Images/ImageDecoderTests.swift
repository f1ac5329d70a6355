import Datasets
import JSON
import OperatingSystem
import TestSupport
import Testing

/// Images of all kinds have the pixels that Pillow reads, turned as `datasets` turns them.
@Suite("Decoding images")
struct ImageDecoderTests {
    @Test("Pixels are those of Pillow", arguments: ImageFixtures.names)
    func pixels(name: String) throws {
        let size = try #require(try ImageFixtures.expected("decoded")[name]?.sizes)
        let image = try ImageDecoder().decode(try ImageFixtures.encoded(name)).rgb
        #expect([image.height, image.width] == size)
        #expect(image.samples == (try ImageFixtures.bytes("decoded/\(name)")))
    }

    @Test("There are fixtures of all kinds")
    func fixtures() {
        #expect(ImageFixtures.names.count == 107)
    }

    @Test("Images without colours have one channel", arguments: ["png_0_1", "png_0_16", "png_4_8", "jpeg_gray"])
    func gray(name: String) throws {
        #expect(try ImageDecoder().decode(try ImageFixtures.encoded(name)).channels == 1)
    }

    @Test(
        "No part of an image is an image",
        arguments: ["png_2_8", "png_6_16_interlaced", "jpeg_420_17x33", "jpeg_progressive"])
    func truncated(name: String) throws {
        let bytes = try ImageFixtures.encoded(name)
        // A JPEG file without its end mark is taken as a whole, as Pillow does, and so is a PNG file.
        for count in 0..<bytes.count - 16 {
            #expect(throws: ImageError.self, "\(count) of \(bytes.count) bytes") {
                try ImageDecoder().decode(Array(bytes.prefix(count)))
            }
        }
    }

    @Test("What is cut off is called so")
    func words() throws {
        let jpeg = try ImageFixtures.encoded("jpeg_420_17x33")
        #expect(throws: ImageError.truncated(.jpeg)) { try ImageDecoder().decode(Array(jpeg.prefix(jpeg.count / 2))) }
        let png = try ImageFixtures.encoded("png_2_8")
        #expect(throws: ImageError.truncated(.png)) { try ImageDecoder().decode(Array(png.prefix(png.count / 2))) }
    }

    @Test("Damage in a PNG file is found by its checksum")
    func checksum() throws {
        var png = try ImageFixtures.encoded("png_2_8")
        // The last byte of the header's checksum.
        png[32] ^= 1
        #expect {
            try ImageDecoder().decode(png)
        } throws: { error in
            guard case .malformed(.png, let reason) = error as? ImageError else { return false }
            return reason.contains("CRC")
        }
    }

    @Test("Other formats are named")
    func otherFormats() {
        #expect(throws: ImageError.empty) { try ImageDecoder().decode([]) }
        #expect(throws: ImageError.unsupportedFormat(.gif)) { try ImageDecoder().decode(Array("GIF89a....".utf8)) }
        #expect(throws: ImageError.unsupportedFormat(.webp)) {
            try ImageDecoder().decode(Array("RIFF....WEBPVP8 ".utf8))
        }
        #expect(throws: ImageError.unknownFormat(start: [1, 2, 3])) { try ImageDecoder().decode([1, 2, 3]) }
    }

    @Test("Images with too many pixels are refused before they are decoded")
    func limit() throws {
        var decoder = ImageDecoder()
        #expect(decoder.pixelLimit == 357_913_940)
        decoder.pixelLimit = 17 * 33 - 1
        let bytes = try ImageFixtures.encoded("jpeg_420_17x33")
        #expect(throws: ImageError.tooLarge(width: 33, height: 17, limit: 560)) { try decoder.decode(bytes) }
        decoder.pixelLimit = 17 * 33
        #expect(try decoder.decode(bytes).height == 17)
    }

    @Test("A header alone takes no memory for its pixels")
    func bomb() throws {
        var bytes = try ImageFixtures.encoded("jpeg_420_17x33")
        let frame = try #require(bytes.firstRange(of: [0xFF, 0xC0])?.upperBound)
        // Height and width, each of two bytes.
        for offset in [3, 5] { bytes.replaceSubrange(frame + offset..<frame + offset + 2, with: [0xFF, 0xDC]) }
        #expect(throws: ImageError.tooLarge(width: 65500, height: 65500, limit: ImageDecoder().pixelLimit)) {
            try ImageDecoder().decode(bytes)
        }
    }
}
