import Synchronization

/// The buffers that one thread computes in, used again from stretch to stretch.
final class ScratchMemory {
    /// What a buffer is for.
    enum Slot: Hashable {
        /// Elements as they are stored.
        case stored
        /// The values of an input.
        case input(Int)
        /// The merged values.
        case merged
        /// Merged values as they are written.
        case encoded
        /// What a sparsifier computes with.
        case sparsifier(Int)
        /// Whatever a method computes in between.
        case intermediate(Int)
    }

    private static let alignment = 64
    private var buffers: [Slot: UnsafeMutableRawBufferPointer] = [:]

    deinit { for buffer in buffers.values { buffer.deallocate() } }

    /// A buffer of at least so many bytes, undefined; the one of the same slot before is no longer valid.
    func bytes(_ slot: Slot, count: Int) -> UnsafeMutableRawBufferPointer {
        if let buffer = buffers[slot], buffer.count >= count { return .init(rebasing: buffer[..<count]) }
        buffers[slot]?.deallocate()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: Self.alignment)
        buffers[slot] = buffer
        return .init(rebasing: buffer[..<count])
    }

    /// A buffer of numbers.
    func floats(_ slot: Slot, count: Int) -> UnsafeMutableBufferPointer<Float> {
        bytes(slot, count: count * MemoryLayout<Float>.stride).bindMemory(to: Float.self)
    }
}

/// Scratch memory for as many threads as ask for some at once.
final class ScratchPool: Sendable {
    /// Owned by one thread at a time, which the lock around the list sees to.
    private struct Entry: @unchecked Sendable {
        let memory: ScratchMemory
    }

    private let free = Mutex<[Entry]>([])

    /// Lends memory to the calling thread.
    func lend<Result>(_ body: (ScratchMemory) throws -> Result) rethrows -> Result {
        let entry = free.withLock { $0.popLast() } ?? Entry(memory: ScratchMemory())
        defer { free.withLock { $0.append(entry) } }
        return try body(entry.memory)
    }
}
