import Datasets
import Glibc
import OperatingSystem

/// Measures the way from encoded images to the tensors of a batch.
///
/// Usage: `DatasetBenchmark DIRECTORY ROUNDS`. Images are made in the directory first, and kept; `peer.py` measures Pillow
/// and NumPy on the same ones.
@main
struct DatasetBenchmark {
    private static let imageCount = 64

    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let rounds = Int(arguments[2]), rounds > 0 else {
            print("Usage: DatasetBenchmark DIRECTORY ROUNDS")
            exit(2)
        }
        do {
            let files = try makeImages(arguments[1])
            print("| Step | ms an image, Swift, one core |\n|---|---|")
            try measureSteps(files, rounds: rounds)
            try measureBatches(arguments[1], rounds: rounds)
        } catch {
            print("error: \(error)")
            exit(1)
        }
    }

    /// Images of 500 × 400 pixels with edges, smooth parts and some noise, at Pillow's usual quality.
    private static func makeImages(_ directory: String) throws -> [[UInt8]] {
        let folder = FileSystem.join(directory, "all")
        try FileSystem.makeDirectory(folder)
        return try (0..<imageCount).map { number in
            let path = FileSystem.join(folder, "\(100 + number).jpg")
            if FileSystem.isFile(path) { return try FileSystem.read(path) }
            let bytes = try JPEGEncoder(quality: 90).encode(picture(UInt32(number)))
            try FileSystem.write(bytes, to: path)
            return bytes
        }
    }

    private static func picture(_ seed: UInt32) -> Image {
        let (height, width) = (400, 500)
        var state = seed &* 2_654_435_761
        let noise = (0..<height * width).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 28)
        }
        var samples: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let wave = Int(40 * sin(Double(x * (3 + Int(seed) % 5)) / 40) * cos(Double(y) / (9 + Double(seed % 7))))
                let isInside = (x / 50 + y / 40 + Int(seed)) % 3 == 0
                let extra = noise[y * width + x] + wave
                samples.append(UInt8(clamping: (isInside ? 180 : x / 3) + extra))
                samples.append(UInt8(clamping: (isInside ? 90 : y / 2) + extra))
                samples.append(UInt8(clamping: (isInside ? 60 : (x + y) / 5) - wave))
            }
        }
        return Image(height: height, width: width, channels: 3, samples: samples)
    }

    private static func measureSteps(_ files: [[UInt8]], rounds: Int) throws {
        let processor = CLIPImageProcessor()
        let decoder = ImageDecoder()
        let images = try files.map { try decoder.decode($0) }
        var values = [Float](repeating: 0, count: 3 * 224 * 224)
        try report("decode", rounds) { for file in files { _ = try decoder.decode(file) } }
        try report("resize to 280 × 224", rounds) {
            for image in images { _ = image.resized(height: 224, width: 280, filter: .bicubic) }
        }
        try report("processor (resize, crop, rescale, normalise)", rounds) {
            for image in images { values.withUnsafeMutableBufferPointer { processor.process(image, into: $0) } }
        }
        try report("all", rounds) {
            for file in files {
                let image = try decoder.decode(file)
                values.withUnsafeMutableBufferPointer { processor.process(image, into: $0) }
            }
        }
    }

    private static func measureBatches(_ directory: String, rounds: Int) throws {
        let dataset = try ImageFolder(directory: directory)
        let batches = try ImageBatches(
            of: dataset, columns: try ImageColumns(of: dataset), processor: CLIPImageProcessor(),
            plan: BatchPlan(exampleCount: dataset.count, batchSize: 16))
        for threads in [1, 2] {
            try report("batches of 16 from files, \(threads) thread\(threads == 1 ? "" : "s")", rounds) {
                for batch in batches.readAhead(threads: threads) { _ = try batch.get() }
            }
        }
    }

    /// Prints the fastest turn.
    private static func report(_ name: String, _ rounds: Int, _ body: () throws -> Void) throws {
        var best = Duration.seconds(1 << 30)
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            try body()
            best = min(best, start.duration(to: .now))
        }
        let microseconds = Int((best / .microseconds(1) / Double(imageCount)).rounded())
        let digits = String(microseconds % 1000)
        print("| \(name) | \(microseconds / 1000).\(String(repeating: "0", count: 3 - digits.count))\(digits) |")
    }
}
