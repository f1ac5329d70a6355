import Testing

@testable import Tensors

@Suite struct BufferPoolTests {
    private func pool(kept: Int = 1 << 20) -> BufferPool {
        BufferPool(device: .cpu, backend: CPUBackend(), keptByteLimit: kept)
    }

    @Test func buffersAreUsedAgain() throws {
        let pool = pool()
        let first = try pool.take(byteCount: 1000)
        #expect(first.byteCount >= 1000 && Int(bitPattern: first.memory) % 64 == 0)
        pool.give(back: first)
        // Another of its size class.
        let second = try pool.take(byteCount: 1020)
        #expect(second.memory == first.memory)
        let third = try pool.take(byteCount: 1020)
        #expect(third.memory != second.memory)
        #expect(pool.statistics.allocationCount == 2 && pool.statistics.reuseCount == 1)
        #expect(pool.statistics.usedByteCount == 2048 && pool.statistics.keptByteCount == 0)
        pool.give(back: second)
        pool.give(back: third)
        #expect(pool.statistics.keptByteCount == 2048)
        pool.trim()
        #expect(pool.statistics.keptByteCount == 0 && pool.statistics.usedByteCount == 0)
    }

    @Test func sizesAreAtMostAQuarterLarger() throws {
        let pool = pool(kept: 0)
        for size in [1, 255, 256, 257, 319, 320, 321, 1 << 16, 1 << 16 + 1, 99_999, 1_234_567] {
            let buffer = try pool.take(byteCount: size)
            #expect(buffer.byteCount >= size && buffer.byteCount <= max(256, size + size / 4 + 1))
            pool.give(back: buffer)
        }
    }

    @Test func noMoreIsKeptThanWasInUse() throws {
        let pool = pool(kept: 0)
        let buffers = try (0..<3).map { _ in try pool.take(byteCount: 1 << 16) }
        buffers.forEach(pool.give)
        #expect(pool.statistics.keptByteCount == 3 << 16)
        let other = try pool.take(byteCount: 1 << 15)
        pool.give(back: other)
        #expect(pool.statistics.keptByteCount <= 3 << 16)
    }

    /// What is asked for now stays; what nobody has asked for the longest goes.
    @Test func theLeastRecentGoFirst() throws {
        let pool = pool(kept: 0)
        let old = try [1 << 16, 1 << 17].map { try pool.take(byteCount: $0) }
        old.forEach(pool.give)
        #expect(pool.statistics.keptByteCount == 3 << 16)
        let new = try pool.take(byteCount: 1 << 15)
        pool.give(back: new)
        // The one of the class that was asked for first is gone.
        #expect(pool.statistics.keptByteCount == (2 << 16) + (1 << 15))
        let allocations = pool.statistics.allocationCount
        #expect(try pool.take(byteCount: 1 << 17).memory == old[1].memory)
        #expect(try pool.take(byteCount: 1 << 15).memory == new.memory)
        #expect(pool.statistics.allocationCount == allocations)
        _ = try pool.take(byteCount: 1 << 16)
        #expect(pool.statistics.allocationCount == allocations + 1)
    }

    @Test func whatIsNotThere() {
        #expect(throws: BackendError.outOfMemory(.cpu, byteCount: 1 << 60)) { try pool().take(byteCount: 1 << 60) }
    }

    /// A batch like the one before allocates nothing.
    @Test func steadyState() throws {
        let pool = pool()
        func batch() throws -> Float {
            let storage = try TensorStorage(byteCount: 4 * 64 * 32, from: pool)
            var x = Tensor(shape: [64, 32], dtype: .float32, storage: storage)
            x.arithmetic.fill(x, with: 0.5)
            let tape = GradientTape()
            let weight = tape.watch(Tensor(filledWith: 0.1, shape: [16, 32], like: x))
            let bias = Tensor(filledWith: 0.1, shape: [16], like: x)
            x = linear(x, weight: weight, bias: bias, activation: .gelu).softmax()
            return tape.gradients(of: softmaxEntropy(x), to: [weight])[0].array(of: Float.self)[0]
        }
        let first = try batch()
        let before = pool.statistics
        for _ in 0..<5 { #expect(try batch() == first) }
        let after = pool.statistics
        #expect(after.allocationCount == before.allocationCount)
        #expect(after.reuseCount > before.reuseCount)
        #expect(after.usedByteCount == 0)
    }
}
