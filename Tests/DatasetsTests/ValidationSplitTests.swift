import OrderedCollections
import Testing

@testable import Datasets

@Suite("Parts that are held back for validation")
struct ValidationSplitTests {
    @Test("Random orders are PyTorch's")
    func permutation() {
        // torch.randperm(10, generator=torch.Generator().manual_seed(0))
        #expect(MersenneTwister.permutation(of: 10, seed: 0) == [4, 1, 7, 5, 3, 9, 0, 8, 6, 2])
        // … of 1000, with seed 42.
        #expect(
            Array(MersenneTwister.permutation(of: 1000, seed: 42).prefix(8)) == [542, 618, 816, 68, 94, 215, 60, 585])
        #expect(MersenneTwister.permutation(of: 0, seed: 1) == [])
        #expect(MersenneTwister.permutation(of: 1, seed: 1) == [0])
    }

    private struct Numbers: Dataset {
        let name = "numbers"
        let features: OrderedDictionary<String, Feature> = ["number": .value(type: "int64")]
        let count: Int

        func example(at index: Int, columns: [String]?) -> Example { ["number": .integer(Int64(index))] }
    }

    @Test("Both parts together are the whole")
    func parts() throws {
        let parts = ValidationSplit.Part.allCases.map {
            ValidationSplit(of: Numbers(count: 10), validationCount: 3, seed: 0, part: $0)
        }
        let rows = try parts.map { part in
            try (0..<part.count).map { try part.example(at: $0, columns: nil)["number"] }
        }
        #expect(rows[0] == [4, 1, 7, 5, 3, 9, 0].map { .integer($0) })
        #expect(rows[1] == [8, 6, 2].map { .integer($0) })
        #expect(parts[1].name == "numbers (val)")
    }
}
