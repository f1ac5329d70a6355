import Foundation
import TestSupport
import Testing

/// Runs every command that the README and the manual show.
@Suite("The manual is true")
struct DocumentationTests {
    struct Command: CustomTestStringConvertible, Sendable {
        let line: String
        let page: String
        let exitCode: Int32

        var testDescription: String { "\(page): \(line)" }
    }

    /// The commands of all ```console blocks.
    static let commands: [Command] = {
        let manager = FileManager.default
        let pages = (manager.enumerator(atPath: Repository.directory + "/docs")?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
        return (["README.md", "CONTRIBUTING.md"] + pages.sorted()).flatMap { page -> [Command] in
            let data = manager.contents(atPath: Repository.directory + "/" + page) ?? Data()
            var commands: [Command] = []
            var exitCode: Int32?
            for line in String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
                let text = line.trimmingCharacters(in: .whitespaces)
                if text.hasPrefix("```") {
                    exitCode = nil
                    if text.hasPrefix("```console") {
                        exitCode = text.range(of: "exit=").flatMap { Int32(text[$0.upperBound...]) } ?? 0
                    }
                } else if let exitCode {
                    if text.hasPrefix("$ ") {
                        commands.append(Command(line: String(text.dropFirst(2)), page: page, exitCode: exitCode))
                    } else if let last = commands.last, last.line.hasSuffix("\\") {
                        commands[commands.count - 1] = Command(
                            line: last.line.dropLast() + text, page: page, exitCode: exitCode)
                    }
                }
            }
            return commands
        }
    }()

    @Test("There are commands to run")
    func found() {
        #expect(Self.commands.count > 40)
    }

    /// A whole CLIP model, vision towers and data sets.
    private static let evaluation = Repository.directory + "/Tests/FusionBenchTests/Fixtures/evaluation"

    @Test("Each page of a method shows a command")
    func methods() throws {
        let pages = try FileManager.default.contentsOfDirectory(
            atPath: Repository.directory + "/docs/pages/algorithms"
        ).filter { $0.hasSuffix(".md") && $0 != "index.md" }.map { "docs/pages/algorithms/" + $0 }
        #expect(pages.count > 20)
        for page in pages { #expect(Self.commands.contains { $0.page == page }, "\(page)") }
    }

    @Test("A command does what the page says", arguments: commands)
    func runs(_ command: Command) throws {
        // In a copy of what commands need, so that they write nowhere else.
        let scratch = try ScratchDirectory()
        for name in ["config", "docs", "README.md"] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch.path + "/" + name, withDestinationPath: Repository.directory + "/" + name)
        }
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/models",
            withDestinationPath: ["CLIPVisionModel", "clip_from_config"].contains { command.line.contains($0) }
                ? Self.evaluation : MergePool.fixtures + "clip")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path + "/data", withDestinationPath: Self.evaluation + "/data")
        let binaries = URL(fileURLWithPath: Repository.binary).deletingLastPathComponent().path
        let path = binaries + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
        let result = try run(["/bin/bash", "-c", command.line], in: scratch.path, environment: ["PATH": path])
        #expect(result.exitCode == command.exitCode, "\(result.output)\n\(result.errors)")
    }
}
