import Foundation
import JSON
import Testing

@testable import Fabric

@Suite("CSV logger")
struct CSVLoggerTests {
    @Test("The same bytes as Lightning's, after each step")
    func parity() throws {
        let cases = try #require(LoggerFixtures.json("csv_logger").array)
        #expect(cases.count >= 12)
        for expected in cases {
            try withLogDirectory { root in
                let logger = try CSVLogger(
                    rootDirectory: root, name: "", version: .named(""), prefix: #require(expected["prefix"]?.string),
                    flushInterval: #require(expected["interval"]?.int))
                let path = root + "/metrics.csv"
                for step in try #require(expected["steps"]?.array) {
                    let metrics = try #require(step["metrics"]?.entries).map {
                        (name: $0.key, value: $0.value.double ?? 0)
                    }
                    try logger.log(metrics: metrics, step: #require(step["step"]?.int))
                    #expect(contents(path) == step["file"]?.string, "\(expected["name"]?.string ?? "")")
                }
                try logger.finalize()
                #expect(contents(path) == expected["final"]?.string, "\(expected["name"]?.string ?? "")")
                #expect(try names(root) == ["metrics.csv"])
            }
        }
    }

    @Test("Rows are written when as many wait as the interval says, whatever their steps")
    func sparseSteps() throws {
        try withLogDirectory { root in
            let logger = try CSVLogger(rootDirectory: root, name: "", version: .named(""), flushInterval: 2)
            for step in [10, 20, 30] { try logger.log(metrics: [("a", Double(step))], step: step) }
            #expect(contents(root + "/metrics.csv") == "a,step\r\n10.0,10\r\n20.0,20\r\n")
            try logger.save()
            try logger.save()
            #expect(contents(root + "/metrics.csv") == "a,step\r\n10.0,10\r\n20.0,20\r\n30.0,30\r\n")
        }
    }

    @Test("Of equal names the last counts")
    func equalNames() throws {
        try withLogDirectory { root in
            let logger = try CSVLogger(rootDirectory: root, name: "", version: .named(""), flushInterval: 1)
            try logger.log(metrics: [("a", 1), ("b", 2), ("a", 3)], step: 0)
            #expect(contents(root + "/metrics.csv") == "a,b,step\r\n3.0,2.0,0\r\n")
        }
    }

    @Test("A logger without rows leaves no trace, and an older file stays until the first row")
    func olderFile() throws {
        try withLogDirectory { root in
            let path = root + "/run/metrics.csv"
            let unused = try CSVLogger(rootDirectory: root, name: "run", version: .named(""))
            try unused.finalize()
            #expect(try names(root) == [])
            for value in [1.0, 2.0] {
                let logger = try CSVLogger(rootDirectory: root, name: "run", version: .named(""))
                try logger.finalize()
                if value == 2 { #expect(contents(path) == "a,step\r\n1.0,0\r\n") }
                try logger.log(metrics: [("a", value)], step: 0)
                #expect(contents(path) == nil)
                try logger.finalize()
                #expect(contents(path) == "a,step\r\n\(value),0\r\n")
            }
        }
    }

    @Test("A file that something else changed is left alone and named")
    func changedFile() throws {
        try withLogDirectory { root in
            let path = root + "/metrics.csv"
            let logger = try CSVLogger(rootDirectory: root, name: "", version: .named(""), flushInterval: 1)
            try logger.log(metrics: [("a", 1)], step: 0)
            for text in ["other\r\n", "a,step\r\n1.0,0,7\r\n", "a,step\r\n1.0,0", "a,step\r\n1.0,0\n"] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                #expect(throws: MetricLoggerError.changedFile(path: path)) {
                    try logger.log(metrics: [("b", 1)], step: 1)
                }
                #expect(contents(path) == text)
            }
        }
    }

    @Test("A full disk is named, and what waited is written when there is room again")
    func fullDisk() throws {
        try withLogDirectory { root in
            let path = root + "/metrics.csv"
            let logger = try CSVLogger(rootDirectory: root, name: "", version: .named(""), flushInterval: 1)
            try logger.log(metrics: [("a", 1)], step: 0)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/full")
            #expect(throws: MetricLoggerError.system(.write, path: path, code: ENOSPC)) {
                try logger.log(metrics: [("a", 2)], step: 1)
            }
            try FileManager.default.removeItem(atPath: path)
            try logger.save()
            #expect(contents(path) == "a,step\r\n2.0,1\r\n")
        }
    }

    @Test("A directory that cannot be made is named")
    func noDirectory() throws {
        try withLogDirectory { root in
            try Data().write(to: URL(fileURLWithPath: root + "/file"))
            let logger = try CSVLogger(rootDirectory: root + "/file/logs", name: "", version: .number(3))
            let error = MetricLoggerError.system(.makeDirectory, path: root + "/file", code: ENOTDIR)
            #expect(throws: error) { try logger.log(metrics: [("a", 1)], step: 0) }
            #expect(error.description == "Cannot make the directory \(root)/file: Not a directory")
        }
    }

    @Test("An interval of no steps is refused")
    func interval() {
        #expect(throws: MetricLoggerError.invalidInterval(name: "flush_logs_every_n_steps", 0)) {
            _ = try CSVLogger(rootDirectory: "x", flushInterval: 0)
        }
    }

    @Test("Hyperparameters are YAML beside the metrics")
    func hyperparameters() throws {
        try withLogDirectory { root in
            let logger = try CSVLogger(rootDirectory: root, name: "a", version: .number(3))
            try logger.log(hyperparameters: ["seed": 42, "method": ["name": "ties"]])
            #expect(contents(root + "/a/version_3/hparams.yaml") == "seed: 42\nmethod:\n  name: ties\n")
        }
    }

    @Test("Threads may log at once")
    func threads() throws {
        try withLogDirectory { root in
            let logger = try CSVLogger(rootDirectory: root, name: "", version: .named(""), flushInterval: 7)
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for step in 0..<50 {
                    try? logger.log(metrics: [("m\(thread)", Double(step))], step: thread * 50 + step)
                }
            }
            try logger.finalize()
            let lines = try #require(contents(root + "/metrics.csv")).split(separator: "\r\n")
            #expect(lines.first == "m0,m1,m2,m3,m4,m5,m6,m7,step")
            let steps = lines.dropFirst().compactMap { $0.split(separator: ",").last.flatMap { Int($0) } }
            #expect(steps.sorted() == Array(0..<400))
        }
    }
}
