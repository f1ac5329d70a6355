import Foundation
import Testing

@testable import Fabric

@Suite("Log directories")
struct LogDirectoryTests {
    @Test("Empty parts are left out")
    func parts() {
        #expect(LogDirectory(root: "r", name: "", version: .named("")).path == "r")
        #expect(LogDirectory(root: "r/", name: "n", version: .named("")).path == "r/n")
        #expect(LogDirectory(root: "r", name: "n", version: .named("v")).path == "r/n/v")
        #expect(LogDirectory(root: "r", name: "n", version: .number(12)).path == "r/n/version_12")
        #expect(LogDirectory(root: "r", name: "", version: .named("v"), subdirectory: "s").path == "r/v/s")
        #expect(LogDirectory(root: "/nowhere/r", name: "n", version: .next).path == "/nowhere/r/n/version_0")
    }

    @Test("The next version follows the highest directory with a number")
    func next() throws {
        try withLogDirectory { root in
            for name in ["version_2", "version_10", "version_x", "version_", "version_-3", "other_99", "version_11a"] {
                try FileManager.default.createDirectory(atPath: root + "/n/" + name, withIntermediateDirectories: true)
            }
            try Data().write(to: URL(fileURLWithPath: root + "/n/version_50"))
            #expect(LogDirectory(root: root, name: "n", version: .next).path == root + "/n/version_11")
            // As in Lightning, what follows a second underscore does not matter.
            try FileManager.default.createDirectory(
                atPath: root + "/n/version_20_old", withIntermediateDirectories: true)
            #expect(LogDirectory(root: root, name: "n", version: .next).path == root + "/n/version_21")
        }
    }

    @Test("A logger stays with its version")
    func stays() throws {
        try withLogDirectory { root in
            for number in 0..<3 {
                let logger = try CSVLogger(rootDirectory: root, name: "n")
                let path = root + "/n/version_\(number)"
                #expect(logger.logDirectory == path)
                try logger.log(metrics: [("a", 1)], step: 0)
                try logger.finalize()
                #expect(logger.logDirectory == path && contents(path + "/metrics.csv") == "a,step\r\n1.0,0\r\n")
            }
        }
    }
}
