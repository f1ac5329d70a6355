import JSON
import OperatingSystem
import OrderedCollections
import TestSupport
import Testing

@testable import Datasets

/// Any bytes are a file of a data set or are refused.
@Suite("Files of any bytes")
struct SourceFuzzTests {
    private static let sources = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/sources"

    private static func files(_ names: [String]) -> [[UInt8]] {
        names.compactMap { try? FileSystem.read("\(sources)/\($0)") }
    }

    @Test("Configurations of processors")
    func processors() {
        let directory = "\(ImageFixtures.directory)/processors"
        let corpus = FileSystem.names(in: directory).compactMap { try? FileSystem.read("\(directory)/\($0)") }
        let text = FuzzText(
            alphabet: [
                "{", "}", "[", "]", ":", ",", "null", "true", "-1", "0", "1e400", "9223372036854775807", "NaN",
                "\"size\":",
                "\"crop_size\":", "\"shortest_edge\":", "\"height\":", "\"width\":", "\"image_mean\":",
                "\"image_std\":",
                "\"resample\":", "\"rescale_factor\":", "\"do_resize\":", "224", "16384", "0.5",
            ], corpus: corpus
        ) { random in Array(repeatElement(UInt8(ascii: "["), count: random.below(5000))) }
        FuzzTarget(name: "preprocessor-config") { random in
            text.make(&random)
        } check: { (bytes: [UInt8]) in
            guard let value = try? JSONValue(parsing: bytes) else { return }
            let processor: CLIPImageProcessor
            do throws(ProcessorConfigurationError) {
                processor = try CLIPImageProcessor(value, path: "fuzz.json", prefix: "")
            } catch {
                return try ErrorMessage.check(error)
            }
            // Small ones are used.
            let image = Image.noise(height: 9, width: 7, channels: 3, seed: 1)
            let size = processor.outputSize(of: image)
            guard size.height * size.width <= 1 << 16 else { return }
            var values = [Float](repeating: .nan, count: 3 * size.height * size.width)
            values.withUnsafeMutableBufferPointer { processor.process(image, into: $0) }
            if values.contains(where: \.isNaN) { throw PropertyFailure("not all values are written") }
        }.run(inputs: 3000)
    }

    @Test("IDX")
    func idx() {
        let text = FuzzText(
            alphabet: ["\0\0\u{8}\u{3}", "\0\0\u{8}\u{1}", "\0\0\0\u{1}", "\u{7f}\0\0\0"],
            corpus: Self.files(["mnist/t10k-images-idx3-ubyte", "mnist/t10k-labels-idx1-ubyte"])
        ) { random in [0, 0, 8, 255] + (0..<1030).map { _ in random.byte() & 1 } }
        FuzzTarget(name: "idx") { random in
            text.make(&random)
        } check: { (bytes: [UInt8]) in
            guard let file = try? IDXFile(parsing: bytes) else { return }
            if file.dimensions.reduce(1, *) != file.elements.count { throw PropertyFailure("sizes do not agree") }
        }.run(inputs: 3000)
    }

    @Test("gzip")
    func gzip() {
        let text = FuzzText(
            alphabet: ["\u{1f}", "\0\0"],
            corpus: Self.files(["mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz"])
        ) { random in (0..<random.below(100)).map { _ in random.byte() } }
        FuzzTarget(name: "gzip") { random in
            text.make(&random)
        } check: { (bytes: [UInt8]) in
            guard let result = try? Inflater.inflate(bytes, limit: 1 << 20) else { return }
            if result.count > 1 << 20 { throw PropertyFailure("more than the limit") }
        }.run(inputs: 3000)
    }

    @Test("CSV")
    func csv() {
        let text = FuzzText(
            alphabet: ["\"", ",", "\n", "\r\n", "path", "label", "a", "\"\"", "\u{FEFF}", "größe"],
            corpus: ["path,label\na,\"b\"\"c\"\n", "a,b\r\n1,2\r\n"].map { Array($0.utf8) }
        ) { random in Array(repeatElement(UInt8(ascii: "\""), count: random.below(5000))) }
        FuzzTarget(name: "csv") { random in
            text.make(&random)
        } check: { (bytes: [UInt8]) in
            guard let table = try? CSVTable(parsing: bytes) else { return }
            // Written with quotes everywhere, the table reads back the same.
            let lines = table.rows.map { row in
                row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",")
            }
            let again = try CSVTable(parsing: Array(lines.joined(separator: "\n").utf8))
            // A row of one empty field is a blank line.
            if again.rows != table.rows { throw PropertyFailure("what is written reads back as something else") }
        }.run(inputs: 3000)
    }
}
