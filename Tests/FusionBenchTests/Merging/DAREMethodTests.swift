import Testing

@testable import FusionBench

@Suite("DARE, against the reference")
struct DAREMethodTests {
    static let cases = MergingFixtures.cases("dare_simple_average", "dare_task_arithmetic", "dare_ties_merging")
        .filter { !$0.expected.isEmpty }

    @Test("The same tensors where nothing or everything is dropped", arguments: cases)
    func parity(_ item: MergingCase) throws { try MergingParity.check(item) }

    @Test("All cases are there")
    func count() { #expect(Self.cases.count == 12) }
}
