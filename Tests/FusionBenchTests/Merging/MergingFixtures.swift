import Checkpoints
import Configuration
import Fabric
import Foundation
import JSON
import OrderedCollections
import TestSupport
import Testing

@testable import FusionBench

/// The cases whose results the Python peers have computed; see Fixtures/merging/README.md.
enum MergingFixtures {
    static let directory = Repository.directory + "/Tests/FusionBenchTests/Fixtures/merging"

    static let all = cases(in: directory)

    /// The cases of a folder.
    static func cases(in directory: String) -> [MergingCase] {
        guard let data = FileManager.default.contents(atPath: directory + "/cases.json"),
            let file = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let cases = file["cases"] as? [[String: Any]]
        else { return [] }
        return cases.compactMap { MergingCase($0, in: directory) }
    }

    /// The cases of some methods, but for those in which we deviate on purpose.
    static func cases(_ methods: String...) -> [MergingCase] {
        all.filter { item in methods.contains { item.id.hasPrefix($0 + "/") } && deviations[item.id] == nil }
    }

    /// The models of a pool of fixtures; `base` is the pretrained one.
    static func pool(_ pool: String, _ names: String...) -> [(name: String, path: String)] {
        names.map { ($0 == "base" ? "_pretrained_" : $0, "\(directory)/models/\(pool)/\($0)") }
    }

    /// Where we do not compute what the reference does, and why.
    static let deviations = [
        "simple_average/integer_buffers_that_differ":
            "Integer tensors are not merged: the reference averages them and cuts the fraction off",
        "ties_merging/integer_buffer":
            "Integer tensors are not merged: the reference counts their elements among those that are trimmed",
    ]
}

/// One case.
struct MergingCase: Sendable, CustomTestStringConvertible {
    let id: String
    let peer: String
    /// The method's configuration, as YAML that holds JSON.
    let method: String
    let models: [(name: String, path: String)]
    /// The files of the result, by part.
    let expected: [String: String]
    /// Numbers by name, where the result is no model.
    let table: [String: [Double]]?
    /// The folder that these are in.
    let directory: String
    /// How results of a random method are distributed; nil for one that is not.
    let distribution: Distribution?
    /// The number of layers of the result, where it is another; nil otherwise.
    let layerCount: Int?

    /// What the peer's results look like over many seeds, by theory.
    struct Distribution {
        /// The share of entries that are kept.
        let keptFraction: Double
        /// What kept entries are multiplied by; nil where it differs from tensor to tensor.
        let factor: Double?
        /// Whether the sum of magnitudes of each tensor stays what it was.
        let keepsSums: Bool
        /// The shares that are kept of the smallest and of the largest entries of a row; nil where they are the same.
        let keptByRank: [Double]?

        init?(_ item: [String: Any]) {
            let theory = Dictionary(
                (item["statistics"] as? [[String: Any]] ?? []).compactMap { statistic -> (String, Double)? in
                    guard let name = statistic["name"] as? String, let theory = statistic["theory"] as? Double else {
                        return nil
                    }
                    return (name, theory)
                }
            ) { first, _ in first }
            guard let fraction = theory["kept_fraction"] else { return nil }
            keptFraction = fraction
            factor = theory["factor_of_kept"]
            keepsSums = item["sum_of_magnitudes_ratio"] != nil
            keptByRank = item["kept_by_rank_theory"] as? [Double]
        }
    }

    var testDescription: String { id }

    init?(_ item: [String: Any], in directory: String) {
        guard let id = item["id"] as? String, let method = item["method"],
            let data = try? JSONSerialization.data(withJSONObject: method, options: [.sortedKeys])
        else { return nil }
        self.id = id
        self.directory = directory
        table = item["table"] as? [String: [Double]]
        peer = item["peer"] as? String ?? "fusion_bench"
        self.method = String(decoding: data, as: UTF8.self)
        models = (item["models"] as? [[String: String]] ?? []).compactMap { entry in
            guard let name = entry["name"], let path = entry["path"] else { return nil }
            return (name, MergingFixtures.directory + "/" + path)
        }
        expected = item["expected"] as? [String: String] ?? [:]
        layerCount = item["layer_count"] as? Int
        distribution = (item["distribution"] as? [String: Any]).flatMap(Distribution.init)
    }

    /// What kind of model the pool holds.
    var family: ModelFamily {
        let path = models.first?.path ?? ""
        if path.contains("/llama") { return .causalLanguageModel }
        return path.contains("/clip") ? .clipVision : .generic
    }

    /// The tensors that the peer computed, by part.
    func expectedTensors(_ part: String = "merged") throws -> OrderedDictionary<String, LazyTensor> {
        guard let path = expected[part] else { throw NoSuchPart(part: part) }
        return try SafetensorsFile(directory + "/" + path).stateDict.tensors
    }

    struct NoSuchPart: Error {
        let part: String
    }
}
