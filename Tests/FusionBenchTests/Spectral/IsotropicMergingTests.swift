import Tensors
import Testing

@testable import FusionBench

@Suite("Isotropic merging")
struct IsotropicMergingTests {
    @Test(
        "The same tensors as the reference",
        arguments: SpectralFixtures.cases("iso_c") + SpectralFixtures.cases("iso_cts"))
    func parity(_ item: MergingCase) throws { try SpectralFixtures.check(item) }

    @Test("The cases are there")
    func cases() { #expect(SpectralFixtures.cases("iso_c").count > 3 && SpectralFixtures.cases("iso_cts").count > 3) }

    @Test("Directions are divided as the reference divides them")
    func sizes() {
        func sizes(_ fraction: Double, _ rank: Int, _ tasks: Int) -> [Int] {
            let sizes = CommonAndTaskSubspaces(commonFraction: fraction).sizes(rank: rank, tasks: tasks)
            return [sizes.common, sizes.each]
        }
        // 154 of 768 are left for 8 tasks: 19.25 each.
        #expect(sizes(0.8, 768, 8) == [616, 19])
        // Halves are rounded to even: 2.5 to 2, 3.5 to 4.
        #expect(sizes(0.5, 20, 4) == [12, 2])
        #expect(sizes(0.5, 28, 4) == [12, 4])
        // Rounded up, there would be 18 directions of 16.
        #expect(sizes(0, 16, 6) == [4, 2])
        #expect(sizes(0, 5, 3) == [2, 1])
        #expect(sizes(1, 5, 3) == [5, 0])
    }

    @Test("A share that is none is refused")
    func fraction() throws {
        let problems = try MergingRun.method(
            "{_target_: fusion_bench.method.ISO_CTS_Merge, scaling_factor: 1, common_space_fraction: 1.5}"
        ).problems(with: MergingRun.pool(MergingFixtures.pool("clip", "base", "a"), .clipVision))
        #expect(problems == ["Iso-CTS needs a number from 0.0 to 1.0 as 'common_space_fraction', not 1.5"])
    }
}
