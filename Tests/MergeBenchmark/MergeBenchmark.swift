import Foundation

/// Merges models of the size of CLIP-ViT-B/32 with this project and its Python peers, by turns.
///
/// Usage: `MergeBenchmark [spectral] PROGRAM CONFIGURATION SCRATCH ROUNDS [PEERS]`, or
/// `MergeBenchmark leaderboard PROGRAM CONFIGURATION SCRATCH PAGE`.
@main
struct MergeBenchmark {
    private static let methods = ["simple_average", "task_arithmetic", "ties_merging"]
    private static let modelCount = 8

    static func main() {
        var arguments = CommandLine.arguments
        if arguments.count == 3, arguments[1] == "bandwidth", let threads = Int(arguments[2]) {
            let bandwidth = MemoryBandwidth(threads: threads)
            return print(bandwidth.copy, bandwidth.triad)
        }
        let isSpectral = arguments.count > 1 && arguments[1] == "spectral"
        if isSpectral { arguments.remove(at: 1) }
        if arguments.count == 6, arguments[1] == "leaderboard" {
            return finish {
                try EmbeddedLeaderboard(
                    program: arguments[2], configuration: arguments[3], scratch: arguments[4], page: arguments[5]
                ).run()
            }
        }
        guard arguments.count >= 5, let rounds = Int(arguments[4]) else {
            print("Usage: MergeBenchmark [spectral] PROGRAM CONFIGURATION SCRATCH ROUNDS [PEERS]")
            exit(2)
        }
        let peers = arguments.count > 5 ? arguments[5] : nil
        finish {
            if isSpectral {
                return try SpectralBenchmark(
                    program: arguments[1], configuration: arguments[2], scratch: arguments[3], rounds: rounds,
                    peers: peers
                ).run()
            }
            try run(
                program: arguments[1], configuration: arguments[2], scratch: arguments[3], rounds: rounds, peers: peers)
        }
    }

    /// Does the work, or says why it cannot be done.
    private static func finish(_ work: () throws -> Void) {
        do {
            try work()
        } catch {
            print("error: \(error)")
            exit(1)
        }
    }

    private static func run(
        program: String, configuration: String, scratch: String, rounds: Int, peers: String?
    ) throws {
        let maker = CLIPModelMaker(directory: scratch + "/models", copies: 2 * modelCount)
        print("Making \(maker.folders.count) models of 350 MB in \(scratch) …")
        try maker.make()
        for count in [modelCount, 2 * modelCount] {
            try writePool(Array(maker.folders.prefix(count + 1)), to: scratch)
        }
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let bandwidth = try MemoryBandwidth(measuredBy: CommandLine.arguments[0], threads: threads, scratch: scratch)
        print("Memory, \(threads) threads: copy \(giga(bandwidth.copy)) GB/s, triad \(giga(bandwidth.triad)) GB/s\n")

        let ours = Contestant.ours(program, configuration: configuration, scratch: scratch, threads: nil)
        let single = Contestant.ours(program, configuration: configuration, scratch: scratch, threads: 1)
        let others =
            peers.map { [Contestant.fusionBench($0, scratch: scratch), .mergekit($0, scratch: scratch)] } ?? []
        print("| Method | Models | Program | Seconds | Peak memory | Share of triad |")
        print("|---|---|---|---|---|---|")
        for method in methods {
            let some = Array(maker.folders.prefix(modelCount + 1))
            try measure(method, some, [ours] + others, "", rounds, scratch, bandwidth)
            try measure(method, some, [single], ", 1 thread", rounds, scratch, bandwidth)
            try measure(method, maker.folders, [ours], "", rounds, scratch, bandwidth)
        }
    }

    /// Measures a method, and prints a row for each contestant.
    private static func measure(
        _ method: String, _ folders: [String], _ contestants: [Contestant], _ note: String, _ rounds: Int,
        _ scratch: String, _ bandwidth: MemoryBandwidth
    ) throws {
        try measure(method, folders, contestants, rounds, scratch) { name, seconds, memory in
            let share = Double(folders.count + 1) * 349_843_000 / seconds / bandwidth.triad
            print(
                "| \(method) | \(folders.count - 1) | \(name)\(note) | \(decimals(seconds, 2)) | "
                    + "\(Int(memory.rounded())) MiB | \(decimals(share, 2)) |")
        }
    }

    /// Lets contestants take turns, and reports the median of the times and the most memory of each.
    static func measure(
        _ method: String, _ folders: [String], _ contestants: [Contestant], _ rounds: Int, _ scratch: String,
        report: (_ name: String, _ seconds: Double, _ memory: Double) -> Void
    ) throws {
        var runs = contestants.map { _ in [TimedProcess]() }
        for _ in 0..<rounds {
            for (index, contestant) in contestants.enumerated() {
                let output = scratch + "/merged"
                try? FileManager.default.removeItem(atPath: output)
                guard let command = try contestant.command(method, folders, output) else { continue }
                do {
                    runs[index].append(try TimedProcess(command, log: scratch + "/log"))
                } catch let failure as CommandFailed where index > 0 {
                    // A peer that runs out of memory must not keep the others from being measured.
                    print("\(contestant.name) failed: \(failure.text.suffix(200))")
                }
            }
        }
        for (contestant, runs) in zip(contestants, runs) where !runs.isEmpty {
            report(contestant.name, median(runs.map(\.seconds)), runs.map(\.peakMemory).max() ?? 0)
            fflush(nil)
        }
    }

    /// Writes the configuration of a pool of models, the first of which is the pretrained one.
    static func writePool(_ folders: [String], to scratch: String) throws {
        var yaml = "_target_: fusion_bench.modelpool.CLIPVisionModelPool\nmodels:\n  _pretrained_: \(folders[0])\n"
        for (number, folder) in folders.dropFirst().enumerated() { yaml += "  model_\(number + 1): \(folder)\n" }
        let directory = scratch + "/modelpool"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try yaml.write(toFile: "\(directory)/models_\(folders.count).yaml", atomically: true, encoding: .utf8)
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private static func giga(_ bytes: Double) -> String { decimals(bytes / 1e9, 1) }

    private static func decimals(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
