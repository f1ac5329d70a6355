import Foundation
import JSON
import Synchronization
import Testing

@testable import Fabric

@Suite("TensorBoard logger")
struct TensorBoardLoggerTests {
    private static let time = 1_723_456_789.25

    private func logger(
        _ root: String, hasDefaultMetric: Bool = false, prefix: String = "",
        flushing: TensorBoardLogger.Flushing = .init(), now: @escaping @Sendable () -> Double = { time }
    ) throws -> TensorBoardLogger {
        try TensorBoardLogger(
            directory: LogDirectory(root: root, name: "", version: .named("")), hasDefaultMetric: hasDefaultMetric,
            prefix: prefix, flushing: flushing, now: now)
    }

    /// The records of the only file in a directory, as hexadecimal digits.
    private func records(_ root: String) throws -> [String] {
        let name = try #require(names(root).first)
        var rest = try #require(FileManager.default.contents(atPath: root + "/" + name))[...]
        var records: [String] = []
        while !rest.isEmpty {
            let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            records.append(rest.prefix(length + 16).map { String(format: "%02x", $0) }.joined())
            try #require(rest.count >= length + 16)
            rest = rest.dropFirst(length + 16)
        }
        return records
    }

    @Test("The checksums of the standard's examples")
    func checksums() {
        #expect(CRC32C.checksum([]) == 0)
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(CRC32C.checksum(Array((0..<32).reversed())) == 0x113F_DB5C)
    }

    @Test("Numbers of any size in the wire format")
    func wireFormat() {
        let message = ProtocolBufferWriter.message {
            $0.integer(1, 0)
            $0.integer(1, 127)
            $0.integer(1, 128)
            $0.integer(16, 300)
            $0.integer(1, .max)
            $0.integer(1, -1)
        }
        let full = [UInt8](repeating: 0xFF, count: 8)
        #expect(
            message == [8, 0, 8, 127, 8, 0x80, 1, 0x80, 1, 0xAC, 2, 8] + full + [0x7F, 8] + full + [0xFF, 1])
    }

    @Test("The same bytes as TensorBoard's writer")
    func parity() throws {
        let expected = try LoggerFixtures.json("event_records")
        func record(_ name: String) throws -> String { try #require(expected[name]?.string) }
        try withLogDirectory { root in
            let logger = try logger(root)
            try logger.log(metrics: [("train/loss", 0.1)], step: 3)
            try logger.log(metrics: [("loss", 0), ("acc", .nan)], step: 300)
            try logger.log(metrics: [("a", .infinity)], step: -1)
            try logger.log(metrics: [("é", -1e-30)], step: 1 << 40 + 5)
            try logger.log(metrics: [], step: 9)
            try logger.finalize()
            #expect(
                try records(root).dropFirst() == [
                    record("scalar"), record("scalars"), record("negative_step"), record("large_step"),
                ])
        }
        let text = TensorBoardEvent(
            wallTime: Self.time,
            content: .summary([.text(tag: "note/text_summary", String(repeating: "line ", count: 40))]))
        #expect(hexadecimal(RecordFrame.bytes(text.bytes)) == (try record("text")))
        let parts = HyperparameterSummary(["lr": .number(0.1)], metricName: "hp_metric").summaryValues
        for (part, name) in zip(parts, ["experiment", "session_start", "session_end"]) {
            let event = TensorBoardEvent(wallTime: Self.time, content: .summary([part]))
            #expect(hexadecimal(RecordFrame.bytes(event.bytes)) == (try record(name)))
        }
    }

    @Test("A file begins with the version of its format, and its name says who wrote it")
    func beginning() throws {
        try withLogDirectory { root in
            let logger = try logger(root)
            try logger.save()
            #expect(try names(root) == [])
            try logger.log(metrics: [("a", 1)], step: 0)
            // The length, its checksum, the time, `brain.Event:2` as field 3, and the checksum of all of it.
            let first = try #require(records(root).first)
            #expect(first.hasPrefix("1800000000000000a37f4b2209"))
            #expect(first.contains("1a0d627261696e2e4576656e743a32"))
            let parts = try #require(names(root).first).split(separator: ".")
            #expect(parts.starts(with: ["events", "out", "tfevents", "1723456789"]))
            #expect(parts.suffix(2).first == "\(getpid())" && parts.last.flatMap { Int($0) } != nil)
        }
    }

    @Test("Events are written when the queue is full or the time has come")
    func flushing() throws {
        try withLogDirectory { root in
            let clock = Mutex(1000.0)
            let logger = try logger(
                root, flushing: .init(maxQueue: 3, seconds: 10), now: { clock.withLock { $0 } })
            var counts: [Int] = []
            for (step, pause) in [0.0, 1, 1, 1, 9, 1, 1].enumerated() {
                clock.withLock { $0 += pause }
                try logger.log(metrics: [("a", 1)], step: step)
                counts.append(try records(root).count - 1)
            }
            #expect(counts == [0, 0, 3, 3, 5, 5, 5])
            try logger.save()
            #expect(try records(root).count == 8)
        }
    }

    @Test("Each file has a name of its own, also after the end of a run")
    func files() throws {
        try withLogDirectory { root in
            for _ in 0..<2 {
                let logger = try logger(root)
                try logger.log(metrics: [("a", 1)], step: 0)
                try logger.finalize()
                try logger.log(metrics: [("a", 2)], step: 1)
                try logger.finalize()
            }
            #expect(try names(root).count == 4)
        }
    }

    @Test("Hyperparameters become a text, and with the default metric entries of their tab")
    func hyperparameters() throws {
        let method: JSONValue = ["name": "ties", "k": [1, 2], "none": nil, "on": true]
        let settings: JSONValue = ["lr": .number(0.1), "method": method]
        try withLogDirectory { root in
            let logger = try logger(root)
            try logger.log(hyperparameters: settings)
            try logger.finalize()
            #expect(try records(root).count == 2)
            #expect(try records(root)[1].contains(hexadecimal(Array("    method:\n      name: ties".utf8))))
        }
        try withLogDirectory { root in
            let logger = try logger(root, hasDefaultMetric: true, prefix: "p")
            try logger.log(hyperparameters: settings)
            try logger.finalize()
            let records = try records(root)
            #expect(records.count == 6)
            #expect(records[2].contains(hexadecimal(Array("p-hp_metric".utf8))))
            for key in ["lr", "method/name", "method/k", "method/none", "method/on"] {
                #expect(records[3].contains(hexadecimal(Array(key.utf8))), "\(key)")
                #expect(records[4].contains(hexadecimal(Array(key.utf8))), "\(key)")
            }
        }
    }

    @Test("A directory that cannot be made is named")
    func noDirectory() throws {
        let logger = try logger("/dev/null/logs")
        #expect(throws: MetricLoggerError.system(.makeDirectory, path: "/dev/null", code: ENOTDIR)) {
            try logger.log(metrics: [("a", 1)], step: 0)
        }
        #expect(throws: MetricLoggerError.invalidInterval(name: "max_queue", 0)) {
            _ = try TensorBoardLogger(rootDirectory: "x", flushing: .init(maxQueue: 0))
        }
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
}
