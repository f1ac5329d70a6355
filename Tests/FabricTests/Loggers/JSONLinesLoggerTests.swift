import Foundation
import JSON
import Testing

@testable import Fabric

@Suite("JSON lines logger")
struct JSONLinesLoggerTests {
    private func logger(_ root: String, prefix: String = "", flushInterval: Int = 1) throws -> JSONLinesLogger {
        try JSONLinesLogger(
            directory: LogDirectory(root: root, name: "", version: .named("")), prefix: prefix,
            flushInterval: flushInterval, now: { 1_723_456_789.25 })
    }

    @Test("Each call is a line with the step, the time and the metrics in their order")
    func lines() throws {
        try withLogDirectory { root in
            let logger = try logger(root, prefix: "val")
            try logger.log(hyperparameters: ["lr": .number(1e-5), "name": "a\nb"])
            try logger.log(metrics: [("loss", 0.5), ("acc \"1\"", 1)], step: 3)
            try logger.log(metrics: [("z", .nan), ("a", .infinity), ("b", -.infinity), ("z", 2)], step: -1)
            try logger.log(metrics: [], step: 4)
            #expect(
                contents(root + "/metrics.jsonl") == #"""
                    {"time": 1723456789.25, "hyperparameters": {"lr": 1e-05, "name": "a\nb"}}
                    {"step": 3, "time": 1723456789.25, "val-loss": 0.5, "val-acc \"1\"": 1.0}
                    {"step": -1, "time": 1723456789.25, "val-z": 2.0, "val-a": Infinity, "val-b": -Infinity}
                    {"step": 4, "time": 1723456789.25}

                    """#)
        }
    }

    @Test("Metrics with the names of fields never make a key appear twice")
    func reservedNames() throws {
        try withLogDirectory { root in
            let logger = try logger(root)
            try logger.log(metrics: [("step", 9), ("time", 0.25), ("a", .nan)], step: 3)
            #expect(contents(root + "/metrics.jsonl") == "{\"step\": 3, \"time\": 0.25, \"a\": NaN}\n")
        }
    }

    @Test("Lines wait for the interval")
    func interval() throws {
        try withLogDirectory { root in
            let logger = try logger(root, flushInterval: 3)
            let counts = try (0..<7).map { step in
                try logger.log(metrics: [("a", 1)], step: step)
                return contents(root + "/metrics.jsonl")?.split(separator: "\n").count ?? 0
            }
            #expect(counts == [0, 0, 3, 3, 3, 6, 6])
            try logger.finalize()
            #expect(contents(root + "/metrics.jsonl")?.split(separator: "\n").count == 7)
        }
    }

    @Test("A later run adds its lines, after half a line that a crash left is gone")
    func laterRun() throws {
        try withLogDirectory { root in
            let path = root + "/metrics.jsonl"
            let half = "{\"step\": 1, \"x\": " + String(repeating: "9", count: 10_000)
            for (before, kept) in [("{}\n", "{}\n"), ("{}\n" + half, "{}\n"), (half, ""), ("", "")] {
                try Data(before.utf8).write(to: URL(fileURLWithPath: path))
                let logger = try logger(root)
                try logger.log(metrics: [("time", 1)], step: 0)
                try logger.finalize()
                try logger.log(metrics: [("time", 2)], step: 1)
                #expect(contents(path) == kept + "{\"step\": 0, \"time\": 1.0}\n{\"step\": 1, \"time\": 2.0}\n")
            }
        }
    }

    @Test("A full disk is named, and lines wait for room")
    func fullDisk() throws {
        try withLogDirectory { root in
            let path = root + "/metrics.jsonl"
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
            let logger = try logger(root)
            for step in 0..<2 {
                #expect(throws: MetricLoggerError.system(.write, path: path, code: ENOSPC)) {
                    try logger.log(metrics: [("time", 1)], step: step)
                }
            }
            #expect(throws: MetricLoggerError.self) { try logger.finalize() }
        }
    }

    @Test("Records follow each other, and a closed file takes no more")
    func records() throws {
        try withLogDirectory { root in
            let path = root + "/file"
            let file = try AppendingFile(path)
            try file.append(Array("first\n".utf8))
            try file.append([])
            try file.append(Array("second\n".utf8))
            try file.close()
            try file.close()
            #expect(throws: MetricLoggerError.system(.write, path: path, code: EBADF)) { try file.append([1]) }
            #expect(contents(path) == "first\nsecond\n")
        }
    }
}
