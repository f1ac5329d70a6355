import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Fabric

@Suite("Collective calls of Fabric, against a serial reference")
struct CollectiveTests {
    @Test(
        "Everything at 1 to 7 ranks, with uneven and empty shares, and with messages cut into pieces",
        arguments: [1, 2, 3, 4, 7], [1 << 30, 7])
    func everything(_ count: Int, largestCount: Int) throws {
        struct Outcome: Sendable {
            let sums: [Double]
            let gathered: [[Int32]]?
            let all: [[Int32]]
            let copied: [UInt8]
            let share: [Int64]
        }
        let operands = (0..<count).map { rank in (0..<count * 2).map { Int64($0 * 7 - rank) } }
        // Shares of 0, 4, 0, 4, … and what is left for the last rank.
        var counts = (0..<count).map { $0 % 2 == 0 ? 0 : 4 }
        counts[count - 1] += count * 2 - counts.reduce(0, +)
        let shares = counts
        let outcomes = try withFabrics(count, largestCount: largestCount) { fabric in
            try fabric.barrier("start")
            var sums = [Double(fabric.rank), 1]
            try fabric.allReduce(&sums, .sum, "sums")
            let own = (0..<fabric.rank).map { Int32(fabric.rank * 100 + $0) }
            let gathered = try fabric.gather(own, to: count - 1, "uneven")
            let all = try fabric.allGather(own, "uneven")
            let copied = try fabric.broadcast(fabric.rank == count / 2 ? [1, 2, 3] : [], from: count / 2, "bytes")
            let share = try fabric.reduceScatter(operands[fabric.rank], counts: shares, .sum, "shares")
            try fabric.finish()
            return Outcome(sums: sums, gathered: gathered, all: all, copied: copied, share: share)
        }
        let parts = (0..<count).map { rank in (0..<rank).map { Int32(rank * 100 + $0) } }
        let total = (0..<count * 2).map { element in operands.map { $0[element] }.reduce(0, +) }
        #expect(
            outcomes.map(\.sums) == Array(repeating: [Double(count * (count - 1) / 2), Double(count)], count: count))
        #expect(outcomes.map { $0.gathered == nil } == (0..<count).map { $0 != count - 1 })
        #expect(outcomes[count - 1].gathered == parts)
        #expect(outcomes.allSatisfy { $0.all == parts && $0.copied == [1, 2, 3] })
        #expect(outcomes.flatMap(\.share) == total)
        #expect(outcomes.map(\.share.count) == shares)
    }

    @Test("Ranks at different calls are told so, with both names")
    func mismatch() throws {
        let errors = try withFabrics(3) { fabric -> FabricError? in
            do {
                if fabric.rank == 1 {
                    var values = [1.0]
                    try fabric.allReduce(&values, .sum, "loss")
                } else {
                    try fabric.barrier("epoch")
                }
                return nil
            } catch let error as FabricError {
                return error
            }
        }
        for error in errors {
            let text = error?.description ?? "no error"
            #expect(text.contains("barrier 'epoch' (call 1)") && text.contains("all-reduce 'loss' (call 1)"), "\(text)")
        }
    }

    @Test("A rank that does not come is named when the others have waited too long")
    func timeout() throws {
        let announced = Mutex<[String]>([])
        #expect(throws: (any Error).self) {
            _ = try withFabrics(3, timeout: 0.3, announced: { text in announced.withLock { $0.append(text) } }) {
                fabric in
                try fabric.barrier("first")
                if fabric.rank == 2 {
                    fabric.supervisor.work(on: "a long sleep")
                    try Task.blockingSleep(seconds: 1.5)
                }
                try fabric.barrier("second")
            }
        }
        let texts = announced.withLock { $0 }
        #expect(texts.count == 1)
        let text = texts.first ?? ""
        #expect(text.contains("barrier 'second' (call 2) has waited for more than 0.3 s"), "\(text)")
        #expect(
            text.contains("rank 2") && text.contains("works on a long sleep, after barrier 'first' (call 1)"), "\(text)"
        )
    }

    @Test("Units travel in pieces too")
    func piecesOfUnits() throws {
        let delivered = try withFabrics(3, largestCount: 7) { fabric in
            var list: [[Double]] = []
            try fabric.run("pieces", units: Array(0..<9), cost: { _ in 1 }) { unit in
                (0..<unit).map { Double($0 * unit) }
            } deliver: {
                list.append($1)
            }
            return list
        }
        #expect(delivered[0] == (0..<9).map { unit in (0..<unit).map { Double($0 * unit) } })
    }

    @Test("A buffer on the root takes all values; wrong numbers are refused")
    func gatherIntoBuffer() throws {
        let counts = [2, 0, 3]
        let gathered = try withFabrics(3) { fabric in
            let own = [Int32](repeating: Int32(fabric.rank), count: counts[fabric.rank])
            var all = [Int32](repeating: -1, count: fabric.rank == 0 ? 5 : 0)
            try own.withUnsafeBufferPointer { values in
                try all.withUnsafeMutableBufferPointer {
                    try fabric.gather(values, counts: counts, into: $0, "states")
                }
            }
            return all
        }
        #expect(gathered == [[0, 0, 2, 2, 2], [], []])
        let fabric = try Fabric()
        #expect(throws: FabricError.self) {
            try [1, 2].withUnsafeBufferPointer { values in
                try fabric.gather(values, counts: [3], into: UnsafeMutableBufferPointer(start: nil, count: 0), "states")
            }
        }
    }

    @Test("A rank that is done does not count as stalled while others compute")
    func endsEarly() throws {
        let announced = Mutex<[String]>([])
        _ = try withFabrics(3, timeout: 0.2, announced: { text in announced.withLock { $0.append(text) } }) { fabric in
            if fabric.rank == 1 { try Task.blockingSleep(seconds: 0.8) }
            try fabric.finish()
        }
        #expect(announced.withLock { $0 }.isEmpty)
    }

    @Test("A unit that takes too long is reported by the rank that waits for it")
    func slowUnit() throws {
        let announced = Mutex<[String]>([])
        #expect(throws: (any Error).self) {
            _ = try withFabrics(2, timeout: 0.3, announced: { text in announced.withLock { $0.append(text) } }) {
                fabric in
                let rank = fabric.rank
                try fabric.run("merge", units: [0, 1, 2, 3], cost: { _ in 1 }) { unit -> [UInt8] in
                    if rank == 1 { try Task.blockingSleep(seconds: 1.5) }
                    return []
                } deliver: { _, _ in
                }
                try fabric.barrier("never")
            }
        }
        let texts = announced.withLock { $0 }
        #expect(texts.count == 1 && texts[0].contains("unit 1 of 'merge' on rank 1"), "\(texts)")
    }

    @Test("A failure is announced once, with its rank")
    func failure() throws {
        let announced = Mutex<[String]>([])
        struct Failure: Error {}
        #expect(throws: (any Error).self) {
            _ = try withFabrics(4, announced: { text in announced.withLock { $0.append(text) } }) { fabric in
                if fabric.rank == 2 {
                    fabric.fail("the disk is full")
                    throw Failure()
                }
                try fabric.barrier("never")
            }
        }
        let texts = announced.withLock { $0 }
        #expect(texts.count == 1 && texts[0].hasPrefix("[rank 2 on ") && texts[0].hasSuffix("the disk is full"))
    }
}

@Suite("Units")
struct UnitTests {
    @Test("Results arrive in order, whatever the ranks and threads", arguments: [1, 2, 3, 4, 7], [1, 2, 4])
    func inOrder(_ ranks: Int, threads: Int) throws {
        let units = Array(0..<50)
        let delivered = try withFabrics(ranks, threads: threads) { fabric in
            var list: [[Int64]] = []
            try fabric.run("squares", units: units, cost: { Double($0 % 5) }) { unit in
                [Int64](repeating: Int64(unit * unit), count: unit % 3)
            } deliver: { number, result in
                #expect(number == list.count)
                list.append(result)
            }
            try fabric.finish()
            return list
        }
        let squares = units.map { [Int64](repeating: Int64($0 * $0), count: $0 % 3) }
        #expect(delivered[0] == squares)
        #expect(delivered.dropFirst().joined().isEmpty)
    }

    @Test("Visits every unit once; collects all results on all ranks", arguments: [1, 2, 3, 4, 7], [1, 3])
    func visitAndCollect(_ ranks: Int, threads: Int) throws {
        let visited = Mutex<[Int]>([])
        let units = Array(0..<11)
        let all = try withFabrics(ranks, threads: threads) { fabric in
            try fabric.visit("visits", units: units, cost: { Double($0) }) { unit in
                visited.withLock { $0.append(unit) }
            }
            let all = try fabric.collect("parts", units: units, cost: { _ in 1 }) { unit in
                (0..<unit % 4).map { Int32(unit * 10 + $0) }
            }
            try fabric.finish()
            return all
        }
        #expect(visited.withLock { $0.sorted() } == units)
        let expected = units.map { unit in (0..<unit % 4).map { Int32(unit * 10 + $0) } }
        #expect(all == Array(repeating: expected, count: ranks))
    }

    @Test("No units, and fewer than ranks")
    func few() throws {
        for count in [0, 1, 2] {
            let delivered = try withFabrics(4, threads: 2) { fabric in
                var list: [String] = []
                try fabric.run("few", units: Array(0..<count), cost: { _ in 1 }, work: { "unit \($0)" }) {
                    list.append($1)
                }
                return list
            }
            #expect(delivered[0] == (0..<count).map { "unit \($0)" })
        }
    }

    @Test("Sums have the same bits for any number of ranks and threads")
    func sameBits() throws {
        // Numbers whose sum depends on the order of addition.
        let numbers = (0..<101).map { (index: Int) -> Double in
            let size: Double = index % 3 == 0 ? 1e-9 : 1e9
            return Double((index * 7919) % 1009) * size / 3
        }
        var expected: UInt64?
        for (ranks, threads) in [(1, 1), (1, 3), (2, 1), (2, 2), (3, 2), (5, 1), (7, 2)] {
            let sums = try withFabrics(ranks, threads: threads) { fabric in
                try fabric.reduce("sum", units: numbers, cost: { abs($0) }, work: { $0 * 1.1 }, combine: +)?.bitPattern
            }
            expected = expected ?? sums[0]
            #expect(sums.allSatisfy { $0 == expected }, "\(ranks) ranks, \(threads) threads")
        }
    }

    @Test("Sums of fewer units than ranks arrive on all ranks", arguments: 1...3)
    func fewUnits(_ count: Int) throws {
        for ranks in 1...5 {
            let sums = try withFabrics(ranks) { fabric in
                try fabric.reduce(
                    "sum", units: (1...count).map(Double.init), cost: { _ in 1 }, work: { $0 }, combine: +)
            }
            #expect(sums == Array(repeating: Double(count * (count + 1) / 2), count: ranks), "\(ranks) ranks")
        }
    }

    @Test("An error in a unit stops the rest and names the unit")
    func failingUnit() throws {
        struct Broken: Error, CustomStringConvertible {
            let description = "the tensor is broken"
        }
        let done = Mutex(0)
        let error = #expect(throws: FabricError.self) {
            _ = try withFabrics(1, threads: 2) { fabric in
                try fabric.run("merge", units: Array(0..<1000), cost: { _ in 1 }) { unit -> [UInt8] in
                    if unit == 5 { throw Broken() }
                    done.withLock { $0 += 1 }
                    return []
                } deliver: { _, _ in
                }
            }
        }
        #expect(error == .unit(name: "merge", number: 5, reason: "the tensor is broken"))
        #expect(done.withLock { $0 } < 20)
    }

    @Test("Assignment: largest first, every unit once, neighbours together where asked for")
    func assignment() {
        #expect(UnitAssignment.balanced(costs: [5, 1, 1, 3], ranks: 2) == [0, 1, 1, 1])
        #expect(UnitAssignment.balanced(costs: [], ranks: 3) == [])
        #expect(UnitAssignment.balanced(costs: [1, 1, 1, 1], ranks: 2) == [0, 1, 0, 1])
        #expect(UnitAssignment.contiguous(costs: [1, 1, 1, 1], ranks: 2) == [0, 0, 1, 1])
        #expect(UnitAssignment.contiguous(costs: [0, 0, 0], ranks: 3) == [0, 1, 2])
        #expect(UnitAssignment.contiguous(costs: [9, 1, 1, 1], ranks: 4) == [1, 3, 3, 3])
    }
}

extension Task where Success == Never, Failure == Never {
    /// Blocks the calling thread.
    static func blockingSleep(seconds: Double) throws {
        var remaining = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
        nanosleep(&remaining, nil)
    }
}
