import Foundation
import FoundationXML
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Analysis of task vectors")
struct TaskVectorAnalysisTests {
    /// The matrices of cases.json.
    private static let matrices: [(pool: String, names: [String], rows: [[Double]])] = [
        (
            "clip", ["a", "b", "c"],
            [
                [1, 0.33239078028212216, 0.35198388259855773], [0.33239078028212216, 1, 0.3533145460395891],
                [0.35198388259855773, 0.3533145460395891, 1],
            ]
        ),
        (
            "clip_grid", ["a", "b", "c"],
            [
                [1, 0.025960377275097098, -0.05145826916069394], [0.025960377275097098, 1, 0.0423200019565076],
                [-0.05145826916069394, 0.0423200019565076, 1],
            ]
        ),
        ("clip_bfloat16", ["a", "b"], [[1, 0.3325095037442638], [0.3325095037442638, 1]]),
    ]

    private static let cosines = "{_target_: fusion_bench.method.TaskVectorCosSimilarity, plot_heatmap: true"
    private static let violins = "{_target_: fusion_bench.method.TaskVectorViolinPlot, trainable_only: true"

    @Test("The cosines are the reference's", arguments: matrices)
    func cosines(_ pool: String, _ names: [String], _ rows: [[Double]]) throws {
        let table = try similarities(pool, names)
        #expect(table.names == names)
        // The reference forms the task vectors of narrow types in these types.
        let tolerance = pool == "clip_bfloat16" ? 2e-3 : 1e-6
        for (found, expected) in zip(table.rows, rows) {
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < tolerance }, "\(pool): \(table.rows)")
        }
    }

    private func similarities(_ pool: String, _ names: [String], entries: Int? = nil) throws -> CosineTable {
        try MergingRun.alone { context in
            let models = ["base"] + names
            let pool = MergingRun.pool(models.flatMap { MergingFixtures.pool(pool, $0) }, .clipVision)
            let method = TaskVectorCosineSimilarity(
                drawsHeatMap: false, isTrainedOnly: true, entryCount: entries, outputPath: nil)
            return try method.similarities(
                AlignedModels(pool, names: names, withPretrained: true), in: context)
        }
    }

    @Test("With some entries, the cosines are near those of all; with as many as there are, they are the same")
    func sampledCosines() throws {
        let (all, some) = (try similarities("clip", ["a", "b"]), try similarities("clip", ["a", "b"], entries: 1500))
        #expect(some != all)
        #expect(abs(some.rows[0][1] - all.rows[0][1]) < 0.1)
        #expect(try similarities("clip", ["a", "b"], entries: 1 << 20) == all)
    }

    @Test("Files, and the same bytes of them on any number of ranks and threads")
    func files() throws {
        let models = MergingFixtures.pool("clip", "base", "a", "b", "c")
        for method in [
            Self.cosines + "}", Self.cosines + ", max_points_per_model: 100}", Self.violins + "}",
            Self.violins + ", max_points_per_model: 0}",
        ] {
            let first = try files(method, models)
            let expected =
                method.contains("Violin")
                ? ["task_vector_violin.svg", "task_vector_violin_abs.svg"]
                : ["task_vector_cos_similarity.csv", "task_vector_cos_similarity.svg"]
            #expect(first.keys.sorted() == expected)
            for (ranks, threads) in [(1, 2), (1, 4), (2, 1), (3, 2), (5, 1)] {
                #expect(try files(method, models, ranks, threads) == first, "\(method)")
            }
        }
    }

    private func files(
        _ method: String, _ models: [(name: String, path: String)], _ ranks: Int = 1, _ threads: Int = 1
    ) throws -> [String: String] {
        let directory = try ScratchDirectory()
        let results = try MergingRun.fuse(
            method, models, family: .clipVision, ranks: ranks, threads: threads, directory: directory)
        #expect(results.isEmpty)
        return Dictionary(uniqueKeysWithValues: try directory.files.map { ($0, try directory.read($0)) })
    }

    @Test("The table as a file")
    func csv() {
        let table = CosineTable(names: ["a", "b, \"c\""], rows: [[1, 0.5], [0.5, 1]])
        #expect(table.csv == ",a,\"b, \"\"c\"\"\"\na,1.0,0.5\n\"b, \"\"c\"\"\",0.5,1.0\n")
    }

    @Test("Drawings are XML, whatever the names are, and whatever the values")
    func drawings() throws {
        let names = ["a & b", "<c>\u{1}\"", "日本語"]
        let map = CosineHeatMap(
            table: CosineTable(names: names, rows: [[1, -0.5, 0], [.nan, 1, 2], [0.1, -3, 0]]))
        let distributions = [[], [1, 1, 1], [-1e-9, 3e-9, 2e-9, 0]].map { EntryHistogram($0) }
        let plot = ViolinPlot(title: "<t>", axisTitle: "y", names: names, distributions: distributions)
        let empty = ViolinPlot(title: "", axisTitle: "", names: [], distributions: [])
        for svg in [map.svg, plot.svg, empty.svg] {
            let text = String(decoding: svg, as: UTF8.self)
            let document = try XMLDocument(data: Data(svg))
            #expect(document.rootElement()?.name == "svg")
            #expect(!text.contains("nan\"") && !text.contains("inf\""), "\(text)")
        }
    }

    @Test("Every set of entries is as likely as any other one, and the same for a seed")
    func sample() throws {
        let counts = try MergingRun.alone { context in
            let pool = MergingRun.pool(MergingFixtures.pool("plain", "base", "a"))
            let models = try AlignedModels(pool, names: ["a"], withPretrained: true)
            let total = models.parameters.reduce(0) { $0 + $1.input.shape.elementCount }
            let all = try EntrySample(models.parameters, count: total, stream: stream(0)).values(models, in: context)[0]
            #expect(all.count == total && Set(all).count > total / 2)
            var counts: [Float: Int] = [:]
            for seed in 0..<400 {
                let values = try EntrySample(models.parameters, count: 5, stream: stream(UInt64(seed)))
                    .values(models, in: context)[0]
                #expect(values.count == 5)
                for value in Set(values) { counts[value, default: 0] += 1 }
            }
            // Entries with a value of their own are met alike often.
            let single = all.filter { value in all.count { $0 == value } == 1 }
            let expected = 400.0 * 5 / Double(total)
            let square = single.reduce(0.0) { sum, value in
                let difference = Double(counts[value] ?? 0) - expected
                return sum + difference * difference / expected
            }
            return (square, Double(single.count))
        }
        // χ², five standard deviations off.
        #expect(counts.0 < counts.1 + 5 * (2 * counts.1).squareRoot(), "\(counts)")
    }

    private func stream(_ seed: UInt64) -> RandomStream { RandomStream(seed: seed, purpose: "test", name: "entries") }

    @Test("Counts in bins tell quantiles, and densities that agree with the values' own")
    func histogram() {
        let stream = RandomStream(seed: 3, purpose: "test", name: "histogram")
        let values = [Float](unsafeUninitializedCapacity: 4000) { buffer, count in
            stream.fillNormal(UnsafeMutableBufferPointer(rebasing: buffer[..<4000]))
            count = 4000
        }
        let histogram = EntryHistogram(values)
        let sorted = values.sorted()
        #expect(histogram.total == 4000)
        for share in [0.25, 0.5, 0.75] {
            #expect(abs(histogram.quantile(share) - Double(sorted[Int(4000 * share)])) < 0.01)
        }
        let bandwidth = histogram.bandwidth
        #expect(abs(bandwidth / (pow(4000, -0.2)) - 1) < 0.05)
        let points = [-2, -1, 0, 0.5, 1.5]
        let density = histogram.density(at: points + [0], bandwidth: bandwidth)
        let exact = (points + [0]).map { point in
            values.reduce(0.0) { $0 + exp(-pow((point - Double($1)) / bandwidth, 2) / 2) }
        }
        let greatest = exact.max() ?? 1
        for (found, expected) in zip(density, exact) { #expect(abs(found - expected / greatest) < 1e-3) }
    }

    @Test(
        "Axes have round numbers",
        arguments: [
            (-1.0, 1.0, ["-1.0", "-0.5", "0.0", "0.5", "1.0"], ""),
            (0, 0.00031, ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5", "3.0"], " (×10⁻⁴)"),
            (0, 0, ["-0.4", "-0.2", "0.0", "0.2", "0.4"], ""),
            (0.9, 123, ["20", "40", "60", "80", "100", "120"], ""),
        ])
    func axis(_ low: Double, _ high: Double, _ labels: [String], _ factor: String) {
        let axis = TickAxis(from: low, to: high)
        #expect(axis.ticks.map(\.label) == labels && axis.factor == factor, "\(axis.ticks) \(axis.factor)")
    }

    @Test(
        "Numbers with so many decimals",
        arguments: [
            (1.005, 1, "1.0"), (-0.004, 2, "0.00"), (-0.5, 2, "-0.50"), (1234.5, 0, "1235"), (0.25, 3, "0.250"),
        ])
    func decimals(_ value: Double, _ decimals: Int, _ text: String) {
        #expect(FixedDecimal.text(value, decimals: decimals) == text)
    }

    @Test("Drawings look as the configuration says")
    func figure() throws {
        let directory = try ScratchDirectory()
        let method = Self.violins + ", fig_kwargs: {figsize: [10, 4], facecolor: ivory, dpi: 300}}"
        _ = try MergingRun.fuse(
            method, MergingFixtures.pool("clip", "base", "a"), family: .clipVision, directory: directory)
        let svg = try directory.read("task_vector_violin.svg")
        #expect(svg.contains("width=\"960\" height=\"384\"") && svg.contains("fill=\"ivory\""))
        for settings in ["{figsize: [1]}", "{figsize: [0, 3]}", "{facecolor: '\"/><x'}", "5"] {
            #expect(throws: (any Error).self) { try MergingRun.method(Self.violins + ", fig_kwargs: \(settings)}") }
        }
    }
}
