import Foundation
import Testing

/// The repository's folders, and the binary under test.
enum Repository {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    static let fixtures = directory + "/Tests/ConfigurationTests/Fixtures"

    /// `FUSION_BENCH_BINARY`, or the debug build beside the tests.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["FUSION_BENCH_BINARY"], !path.isEmpty { return path }
        return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("fusion_bench").path
    }()
}

/// What a finished process left.
struct ProcessResult {
    let output: String
    let errors: String
    let exitCode: Int32
}

/// Runs a command and waits for it.
func run(
    _ command: [String], in directory: String, environment: [String: String] = [:]
) throws -> ProcessResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    var variables = ProcessInfo.processInfo.environment.filter {
        !$0.key.hasPrefix("FB_TEST_") && !$0.key.hasPrefix("FUSION_BENCH_")
    }
    for (name, value) in environment { variables[name] = value }
    process.environment = variables
    // Files, not pipes: a child may write more than a pipe holds.
    let scratch = try ScratchDirectory()
    let paths = ["output", "errors"].map { scratch.path + "/" + $0 }
    for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[0]))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[1]))
    try process.run()
    process.waitUntilExit()
    let texts = try paths.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
    return ProcessResult(output: texts[0], errors: texts[1], exitCode: process.terminationStatus)
}

/// Runs `fusion_bench`.
func fusionBench(
    _ arguments: [String], in directory: String = Repository.directory, environment: [String: String] = [:]
) throws -> ProcessResult {
    try run([Repository.binary] + arguments, in: directory, environment: environment)
}

/// An empty directory that goes when nobody needs it any more.
final class ScratchDirectory {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("fusion_bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, with the directories above it.
    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
    }

    /// The paths of all files, relative and sorted.
    var files: [String] {
        let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return all.filter {
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: path + "/" + $0, isDirectory: &isDirectory)
                && !isDirectory.boolValue
        }.sorted()
    }
}
