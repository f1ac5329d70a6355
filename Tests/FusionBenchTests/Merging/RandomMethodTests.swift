import Checkpoints
import OrderedCollections
import Tensors
import Testing

@testable import FusionBench

@Suite("Methods that draw random numbers, against the distributions of the peers")
struct RandomMethodTests {
    static let runs = 8
    /// How many standard errors a share may be off; 5 happens once in two million.
    static let limit = 5.0

    static let cases = MergingFixtures.all.filter {
        $0.distribution != nil && ($0.id.hasPrefix("dare_task_arithmetic/") || $0.peer == "mergekit")
    }

    @Test("Shares and scales of what is kept", arguments: cases)
    func distribution(_ item: MergingCase) throws {
        let expected = try #require(item.distribution)
        let isMergekit = item.peer == "mergekit"
        let method = isMergekit ? try MergekitRecipe(item).method : item.method
        let differences = try Differences(item, onlyLinear: item.id.hasSuffix("_linear_weights"))
        var (kept, drawn) = (0, 0)
        var keptByRank: [Int: Int] = [:]
        var rows = 0
        for seed in 0..<Self.runs {
            let results = try MergingRun.fuse(
                method, item.models, family: isMergekit ? .generic : .clipVision, seed: UInt64(seed))
            let merged = try #require(results["merged"])
            for (key, difference) in differences.values {
                let changes = zip(try #require(merged[key]).values, difference.base).map { Double($0) - Double($1) }
                let mask = zip(changes, difference.values).map { abs($0) > abs($1) / 2 }
                kept += mask.count { $0 }
                drawn += mask.count
                let sum = difference.values.reduce(0) { $0 + abs($1) }
                if expected.keepsSums, mask.contains(true) {
                    #expect(abs(changes.reduce(0) { $0 + abs($1) } / sum - 1) < 1e-4, "\(key)")
                }
                if let factor = expected.factor {
                    let products = zip(changes, difference.values).reduce(0) { $0 + $1.0 * $1.1 }
                    let squares = zip(mask, difference.values).reduce(0) { $0 + ($1.0 ? $1.1 * $1.1 : 0) }
                    if squares > 0 { #expect(abs(products / squares - factor) < 1e-4 * factor, "\(key)") }
                }
                guard expected.keptByRank != nil, difference.width == 12 else { continue }
                for start in stride(from: 0, to: mask.count, by: 12) {
                    let order = (start..<start + 12).sorted {
                        abs(difference.values[$0]) < abs(difference.values[$1])
                    }
                    for (rank, index) in order.enumerated() where mask[index] { keptByRank[rank, default: 0] += 1 }
                    rows += 1
                }
            }
        }
        check(kept, of: drawn, expected.keptFraction, item.id)
        if let shares = expected.keptByRank {
            for rank in 0..<12 {
                let share = shares[0] + (shares[1] - shares[0]) * Double(rank) / 11
                check(keptByRank[rank] ?? 0, of: rows, share, "\(item.id), rank \(rank)")
            }
        }
    }

    @Test("All cases are there")
    func count() { #expect(Self.cases.count >= 12) }

    private func check(_ found: Int, of count: Int, _ share: Double, _ id: String) {
        let error = (share * (1 - share) / Double(count)).squareRoot()
        #expect(abs(Double(found) / Double(count) - share) < Self.limit * error, "\(id): \(found) of \(count)")
    }

    /// The task vector of a case with one model: of the tensors that entries are dropped from.
    private struct Differences {
        struct Difference {
            let base: [Float]
            /// The entries that were fine-tuned.
            let values: [Double]
            let width: Int?
        }

        var values: OrderedDictionary<String, Difference> = [:]

        init(_ item: MergingCase, onlyLinear: Bool) throws {
            var states: [String: OrderedDictionary<String, LazyTensor>] = [:]
            for (name, path) in item.models {
                states[name] = try SafetensorsFile(path + "/model.safetensors").stateDict.tensors
            }
            let base = try #require(states[ModelPool.pretrainedName])
            let model = try #require(states.first { $0.key != ModelPool.pretrainedName }?.value)
            for (key, tensor) in base where !onlyLinear || LinearWeights.contains(key, tensor.shape) {
                let values = try MergedTensor(tensor).values
                let tuned = try MergedTensor(try #require(model[key])).values
                let differences = zip(tuned, values).map { Double($0) - Double($1) }
                // Entries that were not fine-tuned do not tell whether they were kept.
                guard !differences.contains(0) else { continue }
                self.values[key] = Difference(
                    base: values, values: differences,
                    width: tensor.shape.rank == 2 ? tensor.shape.dimensions[1] : nil)
            }
        }
    }
}
