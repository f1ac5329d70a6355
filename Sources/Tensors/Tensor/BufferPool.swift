import Synchronization

/// Memory of a device that is used again.
///
/// Buffers come in size classes, four between a power of two and the next. One that is given back waits for the next that
/// asks for its class, so that a batch like the one before allocates nothing. If too many wait, those go whose class nobody has
/// asked for the longest. Threads share the pool; a lock is held for a few instructions.
public final class BufferPool: Sendable {
    /// What a pool has done and holds.
    public struct Statistics: Sendable, Equatable {
        /// Buffers that came from the device.
        public internal(set) var allocationCount = 0
        /// Buffers that were used again.
        public internal(set) var reuseCount = 0
        /// Bytes in use.
        public internal(set) var usedByteCount = 0
        /// The most bytes that ever were in use.
        public internal(set) var largestUsedByteCount = 0
        /// Bytes that wait to be used again.
        public internal(set) var keptByteCount = 0
    }

    struct Buffer: @unchecked Sendable {
        let memory: UnsafeMutableRawPointer
        let byteCount: Int
    }

    private struct State {
        var free: [[Buffer]] = Array(repeating: [], count: SizeClass.count)
        /// When each class was last asked for.
        var lastRequests: [UInt64] = Array(repeating: 0, count: SizeClass.count)
        var requestCount: UInt64 = 0
        var statistics = Statistics()

        /// A buffer that waits, if there is one.
        mutating func reuse(_ sizeClass: Int) -> Buffer? {
            requestCount += 1
            lastRequests[sizeClass] = requestCount
            guard let buffer = free[sizeClass].popLast() else { return nil }
            statistics.reuseCount += 1
            statistics.keptByteCount -= buffer.byteCount
            statistics.use(buffer.byteCount)
            return buffer
        }

        /// Lets a buffer wait; takes out those that are too many.
        mutating func keep(_ buffer: Buffer, _ sizeClass: Int, limit: Int) -> [Buffer] {
            statistics.usedByteCount -= buffer.byteCount
            statistics.keptByteCount += buffer.byteCount
            free[sizeClass].append(buffer)
            var surplus: [Buffer] = []
            while statistics.keptByteCount > max(limit, statistics.largestUsedByteCount) {
                guard let oldest = oldestWaiting, let buffer = free[oldest].popLast() else { break }
                statistics.keptByteCount -= buffer.byteCount
                surplus.append(buffer)
            }
            return surplus
        }

        /// Of the classes of which buffers wait, the one that nobody has asked for the longest.
        private var oldestWaiting: Int? {
            var oldest: Int?
            for index in free.indices where !free[index].isEmpty {
                if oldest.map({ lastRequests[index] < lastRequests[$0] }) ?? true { oldest = index }
            }
            return oldest
        }
    }

    /// Where the memory is.
    public let device: Device
    /// What serves the device.
    public let backend: any Backend
    /// So much may wait at any rate; beyond, as much as has been in use at once.
    private let keptByteLimit: Int
    private let state = Mutex(State())

    /// A pool for a device.
    ///
    /// - Parameters:
    ///   - device: Where the memory is.
    ///   - backend: What serves it.
    ///   - keptByteLimit: What may wait to be used again, even if less has been in use.
    public init(device: Device, backend: any Backend, keptByteLimit: Int = 64 << 20) {
        self.device = device
        self.backend = backend
        self.keptByteLimit = keptByteLimit
    }

    deinit { trim() }

    /// What it has done so far.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// Gives all memory that waits back to the device.
    public func trim() {
        for buffer in state.withLock({ Self.takeAll(&$0) }) { release(buffer) }
    }

    /// A buffer of at least so many bytes.
    ///
    /// - Throws: `BackendError.outOfMemory`, after what waited has been given back.
    func take(byteCount: Int) throws(BackendError) -> Buffer {
        let sizeClass = SizeClass(for: byteCount)
        if let buffer = state.withLock({ $0.reuse(sizeClass.index) }) { return buffer }
        let memory: UnsafeMutableRawPointer
        do {
            memory = try backend.allocate(byteCount: sizeClass.byteCount, on: device)
        } catch {
            trim()
            memory = try backend.allocate(byteCount: sizeClass.byteCount, on: device)
        }
        state.withLock { state in
            state.statistics.allocationCount += 1
            state.statistics.use(sizeClass.byteCount)
        }
        return Buffer(memory: memory, byteCount: sizeClass.byteCount)
    }

    /// Takes a buffer back.
    func give(back buffer: Buffer) {
        let sizeClass = SizeClass(for: buffer.byteCount).index
        for surplus in state.withLock({ $0.keep(buffer, sizeClass, limit: keptByteLimit) }) { release(surplus) }
    }

    private func release(_ buffer: Buffer) {
        backend.deallocate(buffer.memory, byteCount: buffer.byteCount, on: device)
    }

    private static func takeAll(_ state: inout State) -> [Buffer] {
        let all = state.free.flatMap(\.self)
        state.free = Array(repeating: [], count: SizeClass.count)
        state.statistics.keptByteCount = 0
        return all
    }
}

extension BufferPool.Statistics {
    fileprivate mutating func use(_ byteCount: Int) {
        usedByteCount += byteCount
        largestUsedByteCount = max(largestUsedByteCount, usedByteCount)
    }
}

/// The sizes of buffers: 2ᵏ · {4, 5, 6, 7}, from 256 bytes on.
private struct SizeClass {
    static let count = 4 * Int.bitWidth
    private static let least = 256

    let index: Int
    let byteCount: Int

    init(for wanted: Int) {
        let wanted = max(wanted, Self.least)
        let exponent = Int.bitWidth - 1 - wanted.leadingZeroBitCount
        let quarter = 1 << (exponent - 2)
        let quarters = (wanted + quarter - 1) / quarter
        byteCount = quarters * quarter
        // Eight quarters are the first class of the next power of two.
        index = exponent * 4 + quarters - 4
    }
}

extension BufferPool {
    /// The pool of the processor's memory.
    public static let cpu = BufferPool(device: .cpu, backend: CPUBackend())

    private static let others = Mutex<[Device: BufferPool]>([:])

    /// The pool of a device.
    ///
    /// - Throws: `DeviceError.noBackend`.
    public static func of(_ device: Device) throws(DeviceError) -> BufferPool {
        if device.kind == .cpu { return cpu }
        guard let backend = Backends.backend(for: device.kind) else { throw .noBackend(device.kind) }
        return others.withLock { pools in
            if let pool = pools[device] { return pool }
            let pool = BufferPool(device: device, backend: backend)
            pools[device] = pool
            return pool
        }
    }
}
