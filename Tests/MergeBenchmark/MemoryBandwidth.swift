import CKernels
import Foundation

/// What the memory of this machine gives: the measure for everything that only reads and writes.
struct MemoryBandwidth {
    /// Bytes a second that a copy reads and writes.
    let copy: Double
    /// Bytes a second that `a = b + s · c` reads and writes.
    let triad: Double

    private static let count = 1 << 26

    /// Lets a process of its own measure: the memory of this one would count as its children's.
    ///
    /// - Throws: `CommandFailed` if it does not say how fast the memory is.
    init(measuredBy program: String, threads: Int, scratch: String) throws {
        let (command, log) = ([program, "bandwidth", String(threads)], scratch + "/bandwidth")
        _ = try TimedProcess(command, log: log)
        let text = try String(contentsOfFile: log, encoding: .utf8)
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 2 else { throw CommandFailed(command: command, text: text) }
        (copy, triad) = (numbers[0], numbers[1])
    }

    /// Measures with some threads at once; the best of five.
    init(threads: Int) {
        let buffers = (0..<3 * threads).map { _ in
            let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.count / threads)
            buffer.initialize(repeating: 1)
            return buffer
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        let byteCount = Double(Self.count / threads * threads * MemoryLayout<Float>.stride)
        func best(_ bytes: Double, _ body: @escaping @Sendable (Int) -> Void) -> Double {
            let times = (0..<5).map { _ in
                let start = ContinuousClock.now
                DispatchQueue.concurrentPerform(iterations: threads, execute: body)
                return start.duration(to: .now) / .seconds(1)
            }
            return bytes / (times.min() ?? .infinity)
        }
        nonisolated(unsafe) let memory = buffers
        copy = best(2 * byteCount) { thread in
            guard let source = memory[3 * thread].baseAddress, let target = memory[3 * thread + 1].baseAddress else {
                return
            }
            memcpy(target, source, memory[3 * thread].count * MemoryLayout<Float>.stride)
        }
        triad = best(3 * byteCount) { thread in
            let (a, b, c) = (memory[3 * thread], memory[3 * thread + 1], memory[3 * thread + 2])
            guard let result = a.baseAddress, let x = b.baseAddress, let delta = c.baseAddress else { return }
            ckernels_best().pointee.add_scaled(CKERNELS_FLOAT32, x, delta, 0.5, result, a.count)
        }
    }
}
