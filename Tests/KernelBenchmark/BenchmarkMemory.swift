import CKernels
import Glibc

/// The buffers of one thread.
final class BenchmarkMemory {
    /// Two inputs.
    let x: UnsafeMutableRawPointer
    let y: UnsafeMutableRawPointer
    let result: UnsafeMutableRawPointer
    /// Counters of a histogram.
    let counters: UnsafeMutablePointer<UInt32>
    private let bytes: Int

    /// Buffers of so many bytes each.
    init(bytes: Int) {
        self.bytes = bytes
        x = .allocate(byteCount: bytes, alignment: 64)
        y = .allocate(byteCount: bytes, alignment: 64)
        result = .allocate(byteCount: bytes, alignment: 64)
        memset(result, 0, bytes)
        let counterCount = CKERNELS_LOWER_BUCKETS * CKERNELS_COUNTERS
        counters = .allocate(capacity: counterCount)
        counters.initialize(repeating: 0, count: counterCount)
    }

    deinit {
        x.deallocate()
        y.deallocate()
        result.deallocate()
        counters.deallocate()
    }

    /// As many as the buffers hold of elements so large.
    func elementCount(_ largestElement: Int) -> Int { bytes / largestElement }

    /// Fills the inputs with normal numbers, of the size that weights have, in the type of a loop.
    func fill(for loop: BenchmarkLoop, _ loops: ckernels) {
        let size = loop.element.byteCount
        let block = 1 << 12
        var numbers = [Float](repeating: 0, count: block)
        for (buffer, key) in [(x, UInt64(1)), (y, 2)] {
            for start in stride(from: 0, to: bytes / size, by: block) {
                let stream = ckernels_random_stream(key: key, stream: 0)
                loops.normal_float32(stream, UInt64(start), &numbers, block)
                loops.scale_in_place(&numbers, 0.02, block)
                loops.encode(loop.element, numbers, buffer + start * size, min(block, bytes / size - start))
            }
        }
        memset(result, 0, bytes)
    }
}

extension ckernels_element {
    var byteCount: Int {
        switch self {
        case CKERNELS_FLOAT64: 8
        case CKERNELS_FLOAT32: 4
        default: 2
        }
    }
}
