import OperatingSystem
import TestSupport
import Testing

@testable import Datasets

@Suite("Compression of zlib and gzip")
struct InflaterTests {
    /// The first member of a file of labels.
    private let compressed: [UInt8]
    private let plain: [UInt8]

    init() throws {
        let path = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/sources/mnist/train-labels-idx1-ubyte.gz"
        let file = try FileSystem.read(path)
        let next = try #require(file[2...].firstRange(of: [0x1F, 0x8B]))
        compressed = Array(file[..<next.lowerBound])
        plain = try Inflater.inflate(compressed, limit: 1 << 20)
    }

    /// What comes out into memory of a size, or why nothing does.
    private func inflate(_ bytes: [UInt8], into count: Int) -> Result<[UInt8], InflateError> {
        var output = [UInt8](repeating: 0xAA, count: count)
        var failure: InflateError?
        bytes.withUnsafeBytes { bytes in
            output.withUnsafeMutableBytes { output in
                do throws(InflateError) { try Inflater.inflate(bytes, into: output) } catch { failure = error }
            }
        }
        return failure.map { .failure($0) } ?? .success(output)
    }

    @Test("Memory must be filled exactly")
    func exactly() {
        let count = plain.count
        #expect(plain.starts(with: [0, 0, 8, 1]))
        #expect(inflate(compressed, into: count) == .success(plain))
        #expect(inflate(compressed, into: count - 1) == .failure(.tooLarge(limit: count - 1)))
        #expect(inflate(compressed, into: 0) == .failure(.tooLarge(limit: 0)))
        #expect(inflate(compressed, into: count + 1) == .failure(.tooFew(count, expected: count + 1)))
    }

    @Test("Members one after another are one content, and padding is none")
    func members() throws {
        let twice = compressed + compressed
        #expect(inflate(twice, into: 2 * plain.count) == .success(plain + plain))
        #expect(inflate(twice, into: plain.count) == .failure(.tooLarge(limit: plain.count)))
        #expect(try Inflater.inflate(twice, limit: 2 * plain.count) == plain + plain)
        #expect(inflate(compressed + [0, 0, 0], into: plain.count) == .success(plain))
        #expect(try Inflater.inflate(compressed + [0, 0, 0], limit: plain.count) == plain)
    }

    @Test("What is cut off or changed is refused")
    func damage() {
        #expect(throws: InflateError.truncated) { try Inflater.inflate([], limit: 1 << 20) }
        for count in 1..<compressed.count {
            #expect(inflate(Array(compressed[..<count]), into: plain.count) == .failure(.truncated))
            #expect(throws: InflateError.truncated) {
                try Inflater.inflate(Array(compressed[..<count]), limit: 1 << 20)
            }
        }
        var changed = compressed
        // In the checksum.
        changed[changed.count - 8] ^= 1
        #expect(inflate(changed, into: plain.count) == .failure(.malformed))
        #expect(throws: InflateError.tooLarge(limit: 3)) { try Inflater.inflate(compressed, limit: 3) }
    }
}
