import Glibc

/// Memory that ends where no memory is: reading or writing a byte behind it ends the process.
final class GuardedMemory {
    /// So many bytes, at an address that is a multiple of nothing but what their number makes of it.
    let bytes: UnsafeMutableRawBufferPointer
    private let mapping: UnsafeMutableRawPointer
    private let mappingSize: Int
    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    /// What surrounds the bytes.
    private static let canary: UInt8 = 0xA5

    /// Memory of so many bytes, and a slack: bytes behind them that can be read nevertheless, which shifts the address.
    init(count: Int, slack: Int = 0) throws {
        let pages = (count + slack + Self.pageSize - 1) / Self.pageSize + 1
        mappingSize = (pages + 1) * Self.pageSize
        let address = mmap(nil, mappingSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let address, address != MAP_FAILED else { throw MemoryError(code: errno) }
        mapping = address
        let end = pages * Self.pageSize
        guard mprotect(mapping + end, Self.pageSize, PROT_NONE) == 0 else { throw MemoryError(code: errno) }
        memset(mapping, Int32(Self.canary), end)
        bytes = UnsafeMutableRawBufferPointer(start: mapping + (end - slack - count), count: count)
    }

    deinit { munmap(mapping, mappingSize) }

    struct MemoryError: Error {
        let code: Int32
    }

    /// The given values, stored without gaps.
    convenience init<Value: BitwiseCopyable>(_ values: [Value], slack: Int = 0) throws {
        try self.init(count: values.count * MemoryLayout<Value>.stride, slack: slack)
        values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }

    var address: UnsafeMutableRawPointer { mapping + (bytes.baseAddress.map { $0 - mapping } ?? 0) }

    /// The values in the memory.
    func values<Value: BitwiseCopyable>(_: Value.Type = Value.self) -> [Value] {
        let size = MemoryLayout<Value>.stride
        return (0..<bytes.count / size).map { bytes.loadUnaligned(fromByteOffset: $0 * size, as: Value.self) }
    }

    /// Whether what lies before and behind the memory is as it was.
    var surroundingsAreIntact: Bool {
        let start = address - mapping
        let behindCount = mappingSize - Self.pageSize - start - bytes.count
        return isCanary(from: start - Self.canaryCount, Self.canaryCount)
            && isCanary(from: start + bytes.count, behindCount)
    }

    private static let canaryCount = 64
    private static let canaries = [UInt8](repeating: canary, count: canaryCount)

    private func isCanary(from offset: Int, _ count: Int) -> Bool {
        memcmp(mapping + offset, Self.canaries, count) == 0
    }
}
