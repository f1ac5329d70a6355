import Glibc
import Networks
import OrderedCollections
import Tensors

/// Measures an encoder of the size of CLIP-ViT-B/32 with random weights, beside the matrix products that it consists of.
///
/// Usage: `NetworkBenchmark [ROUNDS [products|forward|backward|profile …]]`.
@main
struct NetworkBenchmark {
    static func main() throws {
        LinearAlgebraLibrary.useCallingThreadOnly()
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.first.flatMap { Int($0) } ?? 3
        let parts = arguments.dropFirst()
        let benchmark = try NetworkBenchmark(rounds: rounds)
        for (name, part) in benchmark.parts where parts.isEmpty || parts.contains(name) { try part() }
    }

    private let sizes = VisionEncoder.Sizes.vitB32
    private let parameters: OrderedDictionary<String, Tensor>
    private let encoder: VisionEncoder
    /// The fastest of so many counts: whatever disturbs makes it slower.
    private let rounds: Int
    private let microBatch = 32

    private init(rounds: Int) throws {
        self.rounds = rounds
        let sizes = sizes
        parameters = VisionEncoder.randomParameters(sizes)
        encoder = try Parameters(parameters).makeNetwork { VisionEncoder($0, sizes) }
        print("Loops for \(Kernels.instructionSet), the fastest of \(rounds) rounds")
    }

    private var parts: [(String, () throws -> Void)] {
        [("products", products), ("forward", forward), ("backward", backward), ("profile", profile)]
    }

    // What matrices alone would allow.

    private func products() {
        for threads in [1, 2] {
            let rate = productRate(threads: threads)
            print("Products of the hidden layer, \(threads) threads: \(tenths(rate)) GFLOP/s a thread")
        }
    }

    private func productRate(threads: Int) -> Double {
        let (rows, inner, columns) = (microBatch * sizes.tokens, sizes.width, sizes.hidden)
        let weight = VisionEncoder.randomTensor("right", [columns, inner])
        let inputs = (0..<threads).map { VisionEncoder.randomTensor("\($0)", [rows, inner]) }
        let repeats = 8
        let seconds = fastest {
            inThreads(threads) { thread in
                for _ in 0..<repeats { _ = linear(inputs[thread], weight: weight) }
            }
        }
        return 2e-9 * Double(rows * inner * columns * repeats) / seconds
    }

    // Whole passes.

    private func forward() {
        for threads in [1, 2] {
            let rate = productRate(threads: threads)
            let images = (0..<threads).map { VisionEncoder.randomTensor("images \($0)", imageShape(microBatch)) }
            let seconds = fastest { inThreads(threads) { _ = encoder(images[$0]) } }
            report("Forward", threads, microBatch * threads, seconds, rate, operations: sizes.floatingPointOperations)
        }
        let statistics = BufferPool.cpu.statistics
        print(
            "Buffers: \(statistics.allocationCount) allocated, \(statistics.reuseCount) used again, at most \(statistics.largestUsedByteCount >> 20) MiB in use"
        )
    }

    private func backward() throws {
        for threads in [1, 2] {
            let rate = productRate(threads: threads)
            let batch = 16 / threads
            let images = (0..<threads).map { VisionEncoder.randomTensor("images \($0)", imageShape(batch)) }
            let seconds = fastest {
                inThreads(threads) { thread in
                    guard (try? gradients(images[thread])) != nil else { exit(1) }
                }
            }
            // The gradient of the images themselves is not wanted.
            let patches = 2 * Double(sizes.patches * sizes.width * 3 * sizes.patch * sizes.patch)
            report(
                "Forward and backward", threads, batch * threads, seconds, rate,
                operations: 3 * sizes.floatingPointOperations - patches)
        }
    }

    private func gradients(_ images: Tensor) throws -> [Tensor] {
        let tape = GradientTape()
        let watched = OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.key, tape.watch($0.value)) })
        let encoder = try Parameters(watched).makeNetwork { VisionEncoder($0, sizes) }
        return tape.gradients(of: encoder(images).sum(), to: Array(watched.values))
    }

    private func imageShape(_ batch: Int) -> Shape { [batch, 3, sizes.image, sizes.image] }

    private func report(
        _ name: String, _ threads: Int, _ images: Int, _ seconds: Double, _ rate: Double, operations: Double
    ) {
        let speed = operations * Double(images) / seconds * 1e-9
        print(
            "\(name), \(threads) threads, \(images) images: \(tenths(seconds * 1000)) ms, \(tenths(Double(images) / seconds)) images/s, \(tenths(speed)) GFLOP/s, \(tenths(100 * speed / rate / Double(threads))) % of products"
        )
    }

    // Single operators.

    private func profile() {
        print("\n| Operator, \(microBatch) images | ms |\n|---|---|")
        for (name, milliseconds) in OperatorProfile(sizes, encoder.layers[0], batch: microBatch).measured(rounds) {
            print("| \(name) | \(tenths(milliseconds)) |")
        }
    }

    private func fastest(_ body: () -> Void) -> Double {
        var fastest = Double.infinity
        for _ in 0...rounds {
            let start = ContinuousClock.now
            body()
            fastest = min(fastest, start.duration(to: .now) / .seconds(1))
        }
        return fastest
    }

    private func tenths(_ value: Double) -> String {
        let units = Int((value * 10).rounded())
        return "\(units / 10).\(units % 10)"
    }
}
