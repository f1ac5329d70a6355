import Foundation
import TestSupport
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

    @Test("A host file that is not there is an error before any rank starts")
    func hostFile() throws {
        let scratch = try ScratchDirectory()
        let result = try fusionBench(["fabric.devices=2", "+fabric.hostfile=no_hosts"], in: scratch.path)
        #expect(result.exitCode == 1)
        #expect(
            result.errors.hasPrefix("error: 'fabric.hostfile' must be the path of a file that exists"),
            "\(result.errors)")
        #expect(result.errors.contains("command line"), "\(result.errors)")
    }
}
