import CFabricBenchmark
import Fabric
import Glibc

/// Measures all-reduce and gather of `Fabric` against the same calls in plain C, in one run, in turns.
///
/// Usage, under mpirun: `FabricBenchmark [ROUNDS]`.
@main
struct FabricBenchmark {
    static func main() {
        var configuration = FabricConfiguration()
        configuration.checksCalls = false
        guard let fabric = try? Fabric(mpi: configuration) else { exit(1) }
        do {
            let rounds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15
            try FabricBenchmark(fabric: fabric, rounds: rounds).run()
            try fabric.finish()
        } catch {
            fabric.fail("\(error)")
            exit(1)
        }
    }

    let fabric: Fabric
    /// How often each side has its turn; the median counts.
    let rounds: Int

    private func run() throws {
        fabric.print("Fabric against plain C MPI: \(fabric.worldSize) ranks, medians of \(rounds) rounds in turns.")
        fabric.print(
            "Bandwidth is that of one rank's bytes. Ratio: C's time divided by Fabric's; above 1, Fabric is faster.")
        fabric.print(
            "'gather into' knows the lengths and fills a buffer, as C's does; 'gather' also sends the lengths and")
        fabric.print("makes new arrays.\n")
        let titles = ["call", "bytes", "C µs", "Fabric µs", "Fabric MB/s", "ratio"]
        fabric.print(row(titles))
        for exponent in stride(from: 3, through: 26, by: 1) where exponent == 3 || exponent % 2 == 0 {
            let count = 1 << exponent
            try measureAllReduce(count)
            try measureGather(count)
        }
    }

    private func measureAllReduce(_ bytes: Int) throws {
        let count = bytes / 4
        let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        values.initialize(repeating: 0)
        defer { values.deallocate() }
        let repeats = self.repeats(bytes)
        try report(
            "all-reduce", bytes, repeats,
            plain: { cfabricbenchmark_all_reduce(values.baseAddress, Int32(count), Int32(repeats)) },
            fabric: { for _ in 0..<repeats { try fabric.allReduce(values, .sum, "benchmark") } })
    }

    private func measureGather(_ count: Int) throws {
        let size = fabric.worldSize
        let own = [UInt8](repeating: 1, count: count)
        let gathered = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: fabric.isGlobalZero ? count * size : 0)
        gathered.initialize(repeating: 0)
        defer { gathered.deallocate() }
        let counts = [Int](repeating: count, count: size)
        let plainCounts = counts.map(Int32.init)
        let starts = (0..<size).map { Int32($0 * count) }
        let repeats = self.repeats(count)
        let plain: () -> Double = {
            own.withUnsafeBytes { bytes in
                cfabricbenchmark_gather(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(count),
                    UnsafeMutableRawPointer(gathered.baseAddress)?.assumingMemoryBound(to: CChar.self), plainCounts,
                    starts, Int32(repeats))
            }
        }
        try report("gather into", count, repeats, plain: plain) {
            for _ in 0..<repeats {
                try own.withUnsafeBufferPointer {
                    try fabric.gather($0, counts: counts, into: gathered, "benchmark")
                }
            }
        }
        try report("gather", count, repeats, plain: plain) {
            for _ in 0..<repeats { _ = try fabric.gather(own, "benchmark") }
        }
    }

    /// Calls in one round: enough to measure small ones, few of the large ones.
    private func repeats(_ bytes: Int) -> Int { max(3, min(200, (1 << 24) / bytes)) }

    /// Lets both sides have their turns, and prints the medians.
    private func report(
        _ name: String, _ bytes: Int, _ repeats: Int, plain: () -> Double, fabric work: () throws -> Void
    ) throws {
        var times: (plain: [Double], fabric: [Double]) = ([], [])
        _ = plain()
        try work()
        for round in 0..<rounds {
            // Who is first changes, so that neither always finds warm caches.
            for side in round % 2 == 0 ? [0, 1] : [1, 0] {
                try fabric.barrier("round")
                if side == 0 {
                    times.plain.append(plain() / Double(repeats))
                } else {
                    let start = ContinuousClock.now
                    try work()
                    let duration = start.duration(to: .now).components
                    times.fabric.append(
                        (Double(duration.seconds) + Double(duration.attoseconds) / 1e18) / Double(repeats))
                }
            }
        }
        let (old, new) = (median(times.plain), median(times.fabric))
        fabric.print(
            row([
                name, String(bytes), text(old * 1e6), text(new * 1e6), text(Double(bytes) / new / 1e6), text(old / new),
            ]))
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    /// Two decimals.
    private func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = String(hundredths % 100)
        return "\(hundredths / 100)." + String(repeating: "0", count: 2 - rest.count) + rest
    }

    private func row(_ cells: [String]) -> String {
        let widths = [12, 10, 12, 12, 12, 7]
        return zip(cells, widths).enumerated().map { column, cell in
            let blanks = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return column == 0 ? cell.0 + blanks : blanks + cell.0
        }.joined(separator: " ")
    }
}
