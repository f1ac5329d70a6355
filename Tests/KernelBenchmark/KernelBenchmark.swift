import CKernels
import Glibc

/// Measures the vectorised loops beside `memcpy` and a triad: from memory with one and two threads, and from the cache.
///
/// Usage: `KernelBenchmark [ROUNDS [INSTRUCTION_SET]]`.
@main
struct KernelBenchmark {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.first.flatMap { Int($0) } ?? 7
        let wanted = arguments.dropFirst().first
        guard let form = forms.first(where: { wanted == nil || String(cString: $0.pointee.name) == wanted }) else {
            print("This machine has: \(forms.map { String(cString: $0.pointee.name) }.joined(separator: ", "))")
            exit(2)
        }
        KernelBenchmark(loops: form.pointee, rounds: rounds).run()
    }

    private static var forms: [UnsafePointer<ckernels>] {
        var forms: [UnsafePointer<ckernels>?] = [nil, nil, nil]
        let count = ckernels_forms(&forms)
        return forms.prefix(count).compactMap { $0 }
    }

    let loops: ckernels
    /// How often each loop has its turn.
    ///
    /// The fastest one counts, as with STREAM: whatever disturbs makes it slower.
    let rounds: Int

    /// Each buffer of a thread: together more than caches hold.
    private let memoryBytes = 256 << 20
    /// Each buffer of a thread: together less than the second-level cache.
    private let cacheBytes = 128 << 10

    private func run() {
        print(
            "The loops for \(String(cString: loops.name)), the fastest of \(rounds) rounds, in GB/s of what is read and written."
        )
        print("Memory: buffers of \(memoryBytes >> 20) MiB; cache: of \(cacheBytes >> 10) KiB, one thread.")
        print("The last column compares two threads from memory with the triad.\n")
        print("| Loop | memory, 1 thread | memory, 2 threads | cache | of the triad |")
        print("|---|---|---|---|---|")
        let inMemory = (0..<2).map { _ in BenchmarkMemory(bytes: memoryBytes) }
        let inCache = BenchmarkMemory(bytes: cacheBytes)
        var triad: Double?
        for loop in BenchmarkLoop.all {
            for memory in inMemory + [inCache] { memory.fill(for: loop, loops) }
            let one = speed(of: loop, on: Array(inMemory.prefix(1)), repeats: 1)
            let two = speed(of: loop, on: inMemory, repeats: 1)
            let cached = speed(of: loop, on: [inCache], repeats: 100)
            if loop.name == BenchmarkLoop.triadName { triad = two }
            let share = triad.map { hundredths(two / $0) } ?? ""
            print("| \(loop.name) | \(tenths(one)) | \(tenths(two)) | \(tenths(cached)) | \(share) |")
        }
    }

    /// The bytes that go through all threads in a nanosecond, which is GB/s.
    private func speed(of loop: BenchmarkLoop, on memories: [BenchmarkMemory], repeats: Int) -> Double {
        let loops = loops
        var fastest = Double.infinity
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            inThreads(memories.count) { thread in
                for _ in 0..<repeats { loop.run(loops, memories[thread]) }
            }
            fastest = min(fastest, start.duration(to: .now) / .nanoseconds(1))
        }
        let bytes =
            loop.bytesPerElement * Double(memories[0].elementCount(loop.largestElement)) * Double(memories.count)
        return bytes * Double(repeats) / fastest
    }

    private func tenths(_ value: Double) -> String { decimal(value, 10) }

    private func hundredths(_ value: Double) -> String { decimal(value, 100) }

    private func decimal(_ value: Double, _ scale: Int) -> String {
        let units = Int((value * Double(scale)).rounded())
        let rest = String(units % scale + scale).dropFirst()
        return "\(units / scale).\(rest)"
    }
}
