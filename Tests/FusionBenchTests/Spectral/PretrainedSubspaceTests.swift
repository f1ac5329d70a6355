import Foundation
import TestSupport
import Testing

@testable import FusionBench

@Suite("Projections onto pretrained singular vectors")
struct PretrainedSubspaceTests {
    @Test("The same tensors as the reference", arguments: SpectralFixtures.cases("singular_projection_merging"))
    func parity(_ item: MergingCase) throws { try SpectralFixtures.check(item) }

    @Test("The same energies as the reference")
    func energies() throws {
        let item = try #require(SpectralFixtures.cases("projected_energy").first)
        let expected = try #require(item.table)
        let directory = try ScratchDirectory()
        _ = try MergingRun.fuse(item.method, item.models, family: .clipVision, directory: directory)
        let text = try String(contentsOfFile: directory.path(ProjectedEnergy.fileName), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(
            lines.first?.joined(separator: ",")
                == ",model_name,module_index,module_name,projected_energy_I,projected_energy_II,projected_energy_II_III"
        )
        #expect(lines.count == expected.count + 1)
        for (number, line) in lines.dropFirst().enumerated() {
            #expect(line.count == 7 && line[0] == "\(number)")
            let numbers = try #require(expected["\(line[1]) \(line[3])"], "\(line)")
            for (found, expected) in zip(line[4...], numbers) {
                // The reference computes in binary32.
                #expect(abs((Double(found) ?? .nan) - expected) < 1e-5, "\(line)")
            }
        }
    }

    @Test("A rank is low or high")
    func rank() {
        #expect(throws: (any Error).self) {
            try MergingRun.method("{name: singular_projection_merging, k: 3, rank: middle}")
        }
    }
}
