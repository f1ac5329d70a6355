import Synchronization

/// Room for the pixels of a batch, which goes back to where it came from when nobody uses it any more.
public final class PixelBuffer: @unchecked Sendable {
    /// The values; what is in them belongs to whoever holds the buffer.
    public let values: UnsafeMutableBufferPointer<Float>
    private let pool: Pool

    fileprivate init(_ values: UnsafeMutableBufferPointer<Float>, pool: Pool) {
        self.values = values
        self.pool = pool
    }

    deinit {
        pool.take(back: values)
    }

    /// Memory that is used again and again: fresh memory costs a fault for each of its pages.
    final class Pool: Sendable {
        private struct Memory: @unchecked Sendable {
            let values: UnsafeMutableBufferPointer<Float>
        }

        private let count: Int
        private let limit: Int
        private let free = Mutex<[Memory]>([])

        /// A pool of buffers of some values each, of which it keeps a few.
        init(count: Int, limit: Int = 16) {
            self.count = count
            self.limit = limit
        }

        deinit {
            free.withLock { free in
                for memory in free { memory.values.deallocate() }
            }
        }

        func buffer() -> PixelBuffer {
            let memory = free.withLock { $0.popLast() } ?? Memory(values: .allocate(capacity: count))
            return PixelBuffer(memory.values, pool: self)
        }

        fileprivate func take(back values: UnsafeMutableBufferPointer<Float>) {
            let memory = Memory(values: values)
            let isKept = free.withLock { free in
                if free.count >= limit { return false }
                free.append(memory)
                return true
            }
            if !isKept { values.deallocate() }
        }
    }
}
