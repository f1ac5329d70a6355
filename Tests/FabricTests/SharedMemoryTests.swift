import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Fabric

@Suite("Memory that ranks share")
struct SharedMemoryTests {
    /// What a rank sees after all have written: who shares with it, and the bytes.
    private struct View: Sendable, Equatable {
        let ranks: [Int]
        let position: Int
        let bytes: [UInt8]
    }

    /// Lets each rank write its number plus one at its place, and look.
    private func views(
        _ count: Int, byteCount: Int = 8, hosts: [String] = Array(repeating: "host", count: 8), failingOn: Int? = nil
    ) throws -> [View] {
        try withFabrics(count) { fabric in
            let memory = try fabric.sharedMemory(byteCount: byteCount, "test", host: hosts[fabric.rank]) {
                fabric.rank == failingOn ? nil : MemoryFile(byteCount: $0)
            }
            memory.bytes[fabric.rank] = UInt8(fabric.rank + 1)
            try fabric.barrier("written")
            let view = View(ranks: memory.ranks, position: memory.position, bytes: Array(memory.bytes.prefix(8)))
            try fabric.finish()
            return view
        }
    }

    @Test("All ranks of a host see what each of them writes", arguments: [1, 2, 3, 7])
    func shared(_ count: Int) throws {
        let bytes = (0..<8).map { $0 < count ? UInt8($0 + 1) : 0 }
        let expected = (0..<count).map { View(ranks: Array(0..<count), position: $0, bytes: bytes) }
        #expect(try views(count) == expected)
    }

    @Test("Each host has memory of its own, also one with a single rank")
    func hosts() throws {
        let expected = [
            View(ranks: [0, 2], position: 0, bytes: [1, 0, 3, 0, 0, 0, 0, 0]),
            View(ranks: [1], position: 0, bytes: [0, 2, 0, 0, 0, 0, 0, 0]),
            View(ranks: [0, 2], position: 1, bytes: [1, 0, 3, 0, 0, 0, 0, 0]),
            View(ranks: [3, 4], position: 0, bytes: [0, 0, 0, 4, 5, 0, 0, 0]),
            View(ranks: [3, 4], position: 1, bytes: [0, 0, 0, 4, 5, 0, 0, 0]),
        ]
        #expect(try views(5, hosts: ["a", "b", "a", "c", "c"]) == expected)
    }

    @Test("Where one host cannot share, all ranks have memory of their own")
    func fallback() throws {
        let expected = (0..<4).map { rank in
            View(ranks: [rank], position: 0, bytes: (0..<8).map { $0 == rank ? UInt8(rank + 1) : 0 })
        }
        #expect(try views(4, hosts: ["a", "a", "b", "b"], failingOn: 2) == expected)
    }

    @Test("Absurd sizes are an error on all ranks; nothing is one too")
    func sizes() throws {
        #expect(throws: (any Error).self) { try views(2, byteCount: 1 << 60) }
        #expect(throws: (any Error).self) { try views(1, byteCount: 1 << 60) }
        let empty = try withFabrics(2) { fabric in
            try fabric.sharedMemory(byteCount: 0, "empty").ranks
        }
        #expect(empty == [[0, 1], [0, 1]])
    }

    @Test("A ticket of another file is not taken")
    func tickets() throws {
        let file = try #require(MemoryFile(byteCount: 100))
        defer { file.close() }
        let ticket = try #require(file.ticket)
        let again = try #require(MemoryFile(ticket))
        again.close()
        var other = ticket
        other.inode += 1
        #expect(MemoryFile(other) == nil)
        #expect(MemoryFile(.none) == nil)
    }

    @Test("Nothing stays open")
    func descriptors() throws {
        func count() throws -> Int {
            guard let directory = opendir("/proc/self/fd") else { return -1 }
            defer { closedir(directory) }
            var count = 0
            while let entry = readdir(directory) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                var buffer = [CChar](repeating: 0, count: 256)
                let length = readlink("/proc/self/fd/" + name, &buffer, buffer.count)
                let target = buffer.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
                if String(decoding: target, as: UTF8.self).contains("memfd:fusion_bench") { count += 1 }
            }
            return count
        }
        _ = try views(3)
        #expect(try count() == 0)
    }
}
