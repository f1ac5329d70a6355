import Glibc
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Fabric

@Suite("Calls in the background")
struct BackgroundCallTests {
    @Test("Every call gives what its form in the foreground gives", arguments: [1, 2, 3, 4, 7])
    func sameResults(_ count: Int) throws {
        _ = try withFabrics(count) { fabric in
            let own = (0..<fabric.rank).map { Double($0 + fabric.rank) }
            let operands = (0..<count).map { Int64($0 * fabric.rank) }
            let shares = (0..<count).map { _ in 1 }
            let copied = fabric.beginBroadcast(fabric.rank == count - 1 ? [7, 8] : [], from: count - 1, "bytes")
            let sums = fabric.beginAllReduce(operands, .sum, "sums")
            let all = fabric.beginAllGather(own, "uneven")
            let gathered = fabric.beginGather(own, to: count / 2, "uneven")
            let share = fabric.beginReduceScatter(operands, counts: shares, .max, "shares")
            // The foreground goes on meanwhile, with calls of its own.
            var expected = operands
            try fabric.allReduce(&expected, .sum, "sums")
            // In any order.
            #expect(try share.wait() == fabric.reduceScatter(operands, counts: shares, .max, "shares"))
            #expect(try gathered.wait() == fabric.gather(own, to: count / 2, "uneven"))
            #expect(try all.wait() == fabric.allGather(own, "uneven"))
            #expect(try sums.wait() == expected)
            #expect(try copied.wait() == [7, 8])
            #expect(copied.isDone)
            try fabric.finish()
        }
    }

    @Test("A call goes on while the rank computes")
    func overlap() throws {
        let orders = try withFabrics(2) { fabric in
            var order: [String] = []
            let sum = fabric.beginAllReduce([Int64(1)], .sum, "early")
            if fabric.rank == 0 {
                // Nobody waits for the call, and yet it ends.
                for _ in 0..<1000 where !sum.isDone { usleep(10_000) }
                order.append(sum.isDone ? "ended by itself" : "waited for nothing")
            } else {
                _ = try sum.wait()
            }
            try fabric.finish()
            return order
        }
        #expect(orders[0] == ["ended by itself"])
    }

    @Test("An error is thrown where the result is asked for, and otherwise at the end")
    func errors() throws {
        #expect(throws: FabricError.self) {
            try withFabrics(2) { fabric in
                let sum = fabric.beginAllReduce([Int64](repeating: 1, count: fabric.rank + 1), .sum, "uneven")
                _ = try sum.wait()
            }
        }
        #expect(throws: FabricError.self) {
            try withFabrics(2) { fabric in
                _ = fabric.beginAllReduce([Int64](repeating: 1, count: fabric.rank + 1), .sum, "uneven")
                try fabric.finish()
            }
        }
    }

    @Test("A rank that does not come is named, with the call in the background")
    func timeout() throws {
        let texts = Mutex<[String]>([])
        #expect(throws: FabricError.self) {
            try withFabrics(2, timeout: 0.3, announced: { text in texts.withLock { $0.append(text) } }) { fabric in
                if fabric.rank == 0 {
                    _ = try fabric.beginBroadcast([1], "weights").wait()
                    _ = try fabric.beginBroadcast([1], from: 1, "more weights").wait()
                } else {
                    _ = try fabric.beginBroadcast([], "weights").wait()
                    try Task.blockingSleep(seconds: 1.5)
                }
            }
        }
        let text = texts.withLock { $0.first ?? "" }
        #expect(text.contains("broadcast 'more weights' (background call 2) has waited for more than 0.3 s"))
        #expect(text.contains("rank 1 on"))
    }
}

@Suite("What a job writes, logs and shows as one")
struct JobOutputTests {
    @Test("A file is whole on all ranks after it was saved, and can be loaded where only global zero sees it")
    func saveAndLoad() throws {
        let directory = try ScratchDirectory()
        let path = directory.path("deep/state.bin")
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let loaded = try withFabrics(3) { fabric in
            try fabric.save(bytes, to: path, "state")
            let isThere = access(path, R_OK) == 0
            let loaded = try fabric.load(path, "state")
            try fabric.finish()
            return isThere && loaded == bytes
        }
        #expect(loaded == [true, true, true])
        #expect(directory.files == ["deep/state.bin"])
    }

    @Test("What cannot be written leaves the previous file, and no other")
    func failedSave() throws {
        struct Refused: Error {}
        let directory = try ScratchDirectory()
        try directory.write("state.bin", "before")
        let path = directory.path("state.bin")
        #expect(throws: Refused.self) {
            try withFabrics(1) { fabric in
                try fabric.save(to: path, "state") { temporary in
                    close(open(temporary, O_CREAT | O_WRONLY, 0o644))
                    throw Refused()
                }
            }
        }
        #expect(directory.files == ["state.bin"])
        #expect(try directory.read("state.bin") == "before")
    }

    @Test("Metrics are kept once, by global zero")
    func metrics() throws {
        let directory = try ScratchDirectory()
        let counts = try withFabrics(3) { fabric in
            fabric.use([try CSVLogger(rootDirectory: directory.path, name: "", version: .named(""))])
            try fabric.log([("loss", 0.5), ("rate", 0.1)], step: 0)
            try fabric.log("loss", 0.25, step: 1)
            let count = fabric.loggers.count
            try fabric.finish()
            return count
        }
        #expect(counts == [1, 0, 0])
        #expect(directory.files == ["metrics.csv"])
        let text = try directory.read("metrics.csv")
        #expect(text.contains("0.5") && text.contains("0.25") && text.split(whereSeparator: \.isNewline).count == 3)
    }

    @Test("Progress is the sum over all ranks", arguments: [1, 2, 4])
    func progress(_ count: Int) throws {
        let states = try withFabrics(count) { fabric in
            let bar = fabric.isGlobalZero ? ProgressBar(total: 10 * count, display: .none) : nil
            let progress = JobProgress(fabric, bar: bar)
            for _ in 0..<10 { progress.advance() }
            if let bar {
                // The others' first counts come by themselves.
                for _ in 0..<500 where bar.state.completed < 9 + count { usleep(10_000) }
            }
            let before = bar?.state.completed
            try progress.finish()
            try fabric.finish()
            return (before, bar?.state.completed)
        }
        #expect((states[0].0 ?? 0) >= 9 + count)
        #expect(states[0].1 == 10 * count)
    }

    @Test("Matrix products in units stay in the thread of their unit")
    func oneThreadInUnits() throws {
        let counts = try withFabrics(2, threads: 2) { fabric in
            var counts: [Int64] = []
            try fabric.run(
                "threads", units: [0, 1, 2, 3], cost: { _ in 1 },
                work: { _ in Int64(LinearAlgebraLibrary.threadCount) }, deliver: { counts.append($1) })
            try fabric.finish()
            return counts
        }
        #expect(counts == [[1, 1, 1, 1], []])
    }
}
