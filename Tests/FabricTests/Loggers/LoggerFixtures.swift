import Foundation
import JSON
import Testing

@testable import Fabric

/// What the Python tools wrote; see `Fixtures/README.md`.
enum LoggerFixtures {
    static func json(_ name: String) throws -> JSONValue {
        let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try JSONValue(parsing: Data(contentsOf: directory.appending(path: "Fixtures/expected/\(name).json")))
    }
}

/// Runs a body with a new directory, which is removed afterwards.
func withLogDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "fabric-loggers-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory.path(percentEncoded: false))
}

/// The text of a file; nil if there is none.
func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

/// The names in a directory.
func names(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
}
