import Glibc
import Networks
import OrderedCollections
import Tensors

/// Measures an encoder of the size of CLIP-ViT-B/32 with random weights, beside the matrix products that it consists of.
///
/// Usage: `NetworkBenchmark [ROUNDS [forward|backward|profile …]]`.
@main
struct NetworkBenchmark {
    static func main() throws {
        LinearAlgebraLibrary.useCallingThreadOnly()
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.first.flatMap { Int($0) } ?? 3
        let parts = arguments.dropFirst()
        let benchmark = try NetworkBenchmark(rounds: rounds)
        for (name, part) in benchmark.parts where parts.isEmpty || parts.contains(name) {
            part()
            fflush(nil)
        }
    }

    private let sizes = VisionEncoder.Sizes.vitB32
    private let parameters: OrderedDictionary<String, Tensor>
    private let encoder: VisionEncoder
    /// Turns of each part, of which the fastest one counts, as whatever disturbs makes it slower.
    private let rounds: Int
    private let microBatch = 32

    private init(rounds: Int) throws {
        self.rounds = rounds
        let sizes = sizes
        parameters = VisionEncoder.randomParameters(sizes)
        encoder = try Parameters(parameters).makeNetwork { VisionEncoder($0, sizes) }
        print("Loops for \(Kernels.instructionSet), the fastest of \(rounds) rounds")
    }

    private var parts: [(String, () -> Void)] {
        [("forward", forward), ("backward", backward), ("profile", profile)]
    }

    /// Products of the hidden layer's size, one at a time in each thread.
    private struct Products {
        let inputs: [Tensor]
        let weight: Tensor
        let repeats: Int
        let operations: Double

        init(_ sizes: VisionEncoder.Sizes, rows: Int, threads: Int, repeats: Int) {
            weight = VisionEncoder.randomTensor("right", [sizes.hidden, sizes.width])
            inputs = (0..<threads).map { VisionEncoder.randomTensor("\($0)", [rows, sizes.width]) }
            self.repeats = repeats
            operations = 2 * Double(rows * sizes.width * sizes.hidden * repeats * threads)
        }

        func run() {
            inThreads(inputs.count) { thread in
                for _ in 0..<repeats { _ = linear(inputs[thread], weight: weight) }
            }
        }
    }

    private func forward() {
        for threads in [1, 2] {
            let images = (0..<threads).map { VisionEncoder.randomTensor("images \($0)", imageShape(microBatch)) }
            report("Forward", threads, microBatch * threads, operations: sizes.floatingPointOperations) {
                inThreads(threads) { _ = encoder(images[$0]) }
            }
        }
    }

    private func backward() {
        for threads in [1, 2] {
            let batch = 16 / threads
            let images = (0..<threads).map { VisionEncoder.randomTensor("images \($0)", imageShape(batch)) }
            // The gradient of the images themselves is not wanted.
            let patches = 2 * Double(sizes.patches * sizes.width * 3 * sizes.patch * sizes.patch)
            let operations = 3 * sizes.floatingPointOperations - patches
            report("Forward and backward", threads, batch * threads, operations: operations) {
                inThreads(threads) { thread in
                    guard (try? gradients(images[thread])) != nil else { exit(1) }
                }
            }
        }
    }

    private func gradients(_ images: Tensor) throws -> [Tensor] {
        let tape = GradientTape()
        let watched = OrderedDictionary(uniqueKeysWithValues: parameters.map { ($0.key, tape.watch($0.value)) })
        let encoder = try Parameters(watched).makeNetwork { VisionEncoder($0, sizes) }
        return tape.gradients(of: encoder(images).sum(), to: Array(watched.values))
    }

    private func imageShape(_ batch: Int) -> Shape { [batch, 3, sizes.image, sizes.image] }

    /// Measures something in turn with products, as other programs may disturb both.
    private func report(
        _ name: String, _ threads: Int, _ images: Int, operations: Double, _ body: () -> Void
    ) {
        let products = Products(sizes, rows: microBatch * sizes.tokens, threads: threads, repeats: 8)
        // The first turn makes buffers.
        products.run()
        body()
        let allocated = BufferPool.cpu.statistics.allocationCount
        let turns = (0..<rounds).map { _ in
            (products: seconds(products.run), body: seconds(body))
        }
        let rates = turns.map { 1e-9 * products.operations / $0.products }
        let shares = zip(turns, rates).map { 1e-9 * operations * Double(images) / $0.body / $1 }.sorted()
        let fastest = turns.map(\.body).min() ?? .infinity
        let buffers = BufferPool.cpu.statistics
        print(
            """
            \(name), \(threads) threads, \(images) images: \(tenths(fastest * 1000)) ms, \
            \(tenths(Double(images) / fastest)) images/s, \
            \(tenths(1e-9 * operations * Double(images) / fastest)) GFLOP/s; \
            products \(tenths(rates.max() ?? 0)) GFLOP/s; median share \(tenths(100 * shares[shares.count / 2])) %; \
            \(buffers.allocationCount - allocated) buffers allocated after the first turn, \
            \(buffers.largestUsedByteCount >> 20) MiB in use at most
            """)
    }

    // Single operators.

    private func profile() {
        print("\n| Operator, \(microBatch) images | ms |\n|---|---|")
        for (name, milliseconds) in OperatorProfile(sizes, encoder.layers[0], batch: microBatch).measured(rounds) {
            print("| \(name) | \(tenths(milliseconds)) |")
        }
    }

    private func seconds(_ body: () -> Void) -> Double {
        let start = ContinuousClock.now
        body()
        return start.duration(to: .now) / .seconds(1)
    }

    private func tenths(_ value: Double) -> String {
        let units = Int((value * 10).rounded())
        return "\(units / 10).\(units % 10)"
    }
}
