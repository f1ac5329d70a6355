import Datasets
import JSON
import Testing

/// Processors give the numbers of Transformers.
@Suite("CLIP's image processor")
struct CLIPImageProcessorTests {
    @Test("Values are those of Transformers, to the bit")
    func values() throws {
        let cases = try #require(try ImageFixtures.expected("processed").array)
        let expected = try ImageFixtures.bytes("processed")
        var position = 0
        for one in cases {
            let name = try #require(one["processor"]?.string)
            let processor = try CLIPImageProcessor(file: "\(ImageFixtures.directory)/processors/\(name).json")
            let source = one["source"]?.sizes ?? []
            let image = Image.noise(height: source[0], width: source[1], channels: source[2], seed: 21)
            let size = processor.outputSize(of: image)
            #expect([3, size.height, size.width] == one["shape"]?.sizes)
            #expect(processor.outputSize.map { $0 == size } ?? true)
            var values = [Float](repeating: .nan, count: 3 * size.height * size.width)
            values.withUnsafeMutableBufferPointer { processor.process(image, into: $0) }
            let bits = expected.withUnsafeBytes { bytes in
                values.indices.map { bytes.loadUnaligned(fromByteOffset: position + 4 * $0, as: UInt32.self) }
            }
            #expect(values.map(\.bitPattern) == bits, "\(name) \(source)")
            position += 4 * values.count
        }
        #expect(position == expected.count)
        #expect(cases.count == 56)
    }

    @Test("Files of newer and older versions of Transformers are found in a directory")
    func directories() throws {
        for name in ["saved", "nested"] {
            let processor = try CLIPImageProcessor(directory: "\(ImageFixtures.directory)/processors/\(name)")
            #expect(processor.crop == .init(height: 32, width: 32))
            #expect(processor.target == .shortestEdge(32))
            #expect(processor.normalization == .openAI)
        }
        let directory = ImageFixtures.directory
        #expect(throws: ProcessorConfigurationError.missing(directory: directory)) {
            try CLIPImageProcessor(directory: directory)
        }
    }
}
