import TestSupport
import Testing

@testable import Fabric

@Suite("Collective calls between threads")
struct CommunicatorTests {
    @Test("A reduction of every kind", arguments: [1, 2, 3, 4, 7])
    func allReduce(_ count: Int) throws {
        let results = try withRanks(count) { communicator in
            var sums = (0..<5).map { Double(communicator.rank * 10 + $0) }
            try sums.withUnsafeMutableBufferPointer { try communicator.allReduce($0, .sum) }
            var least = [Int64(-communicator.rank)]
            try least.withUnsafeMutableBufferPointer { try communicator.allReduce($0, .min) }
            var greatest = [Float(communicator.rank)]
            try greatest.withUnsafeMutableBufferPointer { try communicator.allReduce($0, .max) }
            return (sums, least[0], greatest[0])
        }
        let expected = (0..<5).map { element in (0..<count).reduce(0.0) { $0 + Double($1 * 10 + element) } }
        for (sums, least, greatest) in results {
            #expect(sums == expected && least == Int64(1 - count) && greatest == Float(count - 1))
        }
    }

    @Test("A rank that fails ends the others' waiting")
    func abort() {
        struct Failure: Error {}
        #expect(throws: (any Error).self) {
            _ = try withRanks(3) { communicator in
                if communicator.rank == 1 { throw Failure() }
                try communicator.barrier()
            }
        }
    }
}
