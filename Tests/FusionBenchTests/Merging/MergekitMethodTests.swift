import Testing

@testable import FusionBench

@Suite("Methods that mergekit has, against mergekit")
struct MergekitMethodTests {
    /// Where we do not compute what mergekit does, and why.
    static let deviations = [
        "mergekit_linear/dtype": "The type is chosen when the model is saved",
        "mergekit_linear/out_dtype": "The type is chosen when the model is saved",
        "mergekit_linear/slices": "Only passthrough has slices",
        "mergekit_ties/density_tiny": "Breadcrumbs, in whose words we say it, may keep no entry of a small tensor",
    ]

    static let cases = MergingFixtures.all.filter {
        $0.peer == "mergekit" && !$0.expected.isEmpty && deviations[$0.id] == nil
    }

    @Test("The same tensors", arguments: cases)
    func parity(_ item: MergingCase) throws {
        let recipe = try MergekitRecipe(item)
        let results = try MergingRun.fuse(recipe.method, recipe.models)
        try MergingParity.compare(results["merged"], item.expectedTensors(), item.id)
    }

    @Test("All cases are there")
    func count() { #expect(Self.cases.count > 50) }
}
