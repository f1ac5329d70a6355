import Datasets
import Dispatch
import Glibc
import OrderedCollections
import Synchronization

/// Reads the files of `make_data.py`: `ParquetBenchmark DIRECTORY ROUNDS`.
@main
struct ParquetBenchmark {
    private static let forms = ["snappy", "snappy_index", "uncompressed"]

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let rounds = Int(arguments[2]), rounds > 0 else {
            print("usage: ParquetBenchmark DIRECTORY ROUNDS")
            exit(2)
        }
        for form in forms {
            let path = "\(arguments[1])/\(form).parquet"
            for threads in [1, 2] {
                try measure(form, "rows in order, \(threads) thr.", rounds) { try read(path, threads: threads) }
            }
            try measure(form, "rows at random", rounds) { try readAtRandom(path) }
            try measure(form, "labels alone", rounds, isRate: false) { try readLabels(path) }
        }
    }

    /// Prints the median time of some turns, and how many bytes of images came in a second.
    private static func measure(
        _ form: String, _ name: String, _ rounds: Int, isRate: Bool = true, _ work: () throws -> Int
    ) rethrows {
        var seconds: [Double] = []
        var count = 0
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            count = try work()
            seconds.append(start.duration(to: .now) / .seconds(1))
        }
        let middle = seconds.sorted()[rounds / 2]
        let rate = isRate ? ", \(rounded(Double(count) / middle / 1e9, 2)) GB/s" : ""
        print("ours     \(padded(form, 14)) \(padded(name, 22)) \(rounded(middle * 1000, 1)) ms\(rate)")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func rounded(_ number: Double, _ digits: Int) -> String {
        let factor = digits == 1 ? 10.0 : 100.0
        return "\((number * factor).rounded() / factor)"
    }

    private static func byteCount(_ dataset: ParquetDataset, _ row: Int) throws -> Int {
        guard case .image(let bytes, _) = try dataset.example(at: row)["image"] else { return 0 }
        return bytes.count
    }

    /// Threads take rows in turn, as those that decode images ahead do.
    private static func read(_ path: String, threads: Int) throws -> Int {
        let dataset = try ParquetDataset(paths: [path])
        let next = Atomic(0)
        let sum = Atomic(0)
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            do {
                while true {
                    let row = next.add(1, ordering: .relaxed).oldValue
                    if row >= dataset.count { return }
                    sum.add(try byteCount(dataset, row), ordering: .relaxed)
                }
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
        return sum.load(ordering: .relaxed)
    }

    /// Every tenth row, in an order that jumps far.
    private static func readAtRandom(_ path: String) throws -> Int {
        let dataset = try ParquetDataset(paths: [path])
        return try (0..<dataset.count / 10).reduce(0) { sum, number in
            sum + (try byteCount(dataset, number * 2_654_435_761 % dataset.count))
        }
    }

    private static func readLabels(_ path: String) throws -> Int {
        let dataset = try ParquetDataset(paths: [path])
        return try (0..<dataset.count).reduce(0) { sum, row in
            guard case .integer(let label) = try dataset.example(at: row, columns: ["label"])["label"] else {
                return sum
            }
            return sum + Int(label)
        }
    }
}
