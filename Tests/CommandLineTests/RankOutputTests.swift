import Foundation
import Testing

@Suite("What several ranks print")
struct RankOutputTests {
    @Test("A job is heard once, without colours where nobody looks")
    func once() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(["fabric.devices=2", "dry_run=true"], in: scratch.path)
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.components(separatedBy: "merged_model_save_path").count == 2, "\(result.output)")
        #expect(!(result.output + result.errors).contains("\u{1B}"), "\(result.output)")
    }
}
