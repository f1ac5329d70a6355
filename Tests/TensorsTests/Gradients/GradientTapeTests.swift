import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Tensors

@Suite struct GradientTapeTests {
    private let x = Tensor([2, 3]) { Float($0) - 2 }
    private let weight = Tensor([4, 3]) { Float($0 % 5) * 0.25 - 0.5 }

    @Test func nothingIsRecordedWithoutATape() {
        #expect(!(x * x).isTraced)
        let tape = GradientTape()
        let watched = tape.watch(x)
        #expect((watched + x).isTraced)
        tape.withoutGradients { #expect(!(watched + x).isTraced) }
        #expect(!watched.detached.isTraced)
        #expect((watched + x).isTraced)
    }

    @Test func whatOutlivesItsTapeIsNotTraced() {
        var tape: GradientTape? = GradientTape()
        let product = tape.map { $0.watch(x) * x }
        #expect(product?.isTraced == true)
        tape = nil
        #expect(product?.isTraced == false)
        #expect(product.map { ($0 + x).isTraced } == false)
    }

    @Test func gradientsAddUp() {
        let tape = GradientTape()
        let watched = tape.watch(x)
        let loss = (watched * watched + watched).sum() + watched.sum()
        #expect(tape.gradients(of: loss, to: [watched])[0].array(of: Float.self) == x.array().map { 2 * $0 + 2 })
    }

    @Test func whatDoesNotLeadAnywhere() {
        let tape = GradientTape()
        let (a, b) = (tape.watch(x), tape.watch(x))
        var calls = 0
        let expensive = tape.record(b.detached, from: [b]) { flow in
            calls += 1
            flow.add(flow.gradient, to: 0)
        }
        let loss = (a * expensive).sum()
        let gradients = tape.gradients(of: loss, to: [a], keepsRecord: true)
        #expect(calls == 0)
        #expect(gradients[0].array(of: Float.self) == x.array())
        let both = tape.gradients(of: loss, to: [b, a, tape.watch(x)])
        #expect(calls == 1)
        #expect(both[0].array(of: Float.self) == x.array())
        #expect(both[2].array(of: Float.self) == [0, 0, 0, 0, 0, 0])
    }

    /// Gradients of what lies between, and of the result itself.
    @Test func intermediateResults() {
        let tape = GradientTape()
        let watched = tape.watch(x)
        let square = watched * watched
        let loss = square.sum()
        let gradients = tape.gradients(of: loss, to: [square, loss, watched])
        #expect(gradients[0].array(of: Float.self) == [1, 1, 1, 1, 1, 1])
        #expect(gradients[1].number == 1)
        #expect(gradients[2].array(of: Float.self) == x.array().map { 2 * $0 })
    }

    @Test func startingWithAGradient() {
        let tape = GradientTape()
        let watched = tape.watch(x)
        let start = Tensor([2, 3]) { Float($0) }
        let gradient = tape.gradients(of: watched * 3, to: [watched], startingWith: start)[0]
        #expect(gradient.array(of: Float.self) == start.array().map { 3 * $0 })
    }

    /// Merged weights as a node: base + λ · τ forward, ⟨∂L/∂W, τ⟩ backward.
    @Test func ownBackwardFunctions() {
        let tape = GradientTape()
        let coefficients = tape.watch(Tensor([0.3, 0.7] as [Float]))
        let vectors = (0..<2).map { number in Tensor([4, 3]) { Float($0 * (number + 1) % 7) * 0.1 } }
        var merged = weight
        for (vector, coefficient) in zip(vectors, [0.3, 0.7]) { merged.accumulate(vector, weight: coefficient) }
        let node = tape.record(merged, from: [coefficients]) { flow in
            let products = vectors.map { ($0 * flow.gradient).sum().reshaped([1]) }
            flow.add(Tensor.concatenated(products), to: 0)
        }
        let found = tape.gradients(of: linear(x, weight: node).applying(.tangent).sum(), to: [coefficients])[0]
        // The same by recorded operators.
        let other = GradientTape()
        let scalars = other.watch(Tensor([0.3, 0.7] as [Float]))
        let sum = weight + vectors[0] * scalars[0] + vectors[1] * scalars[1]
        let expected = other.gradients(of: linear(x, weight: sum).applying(.tangent).sum(), to: [scalars])[0]
        for (found, expected) in zip(found.array(of: Float.self), expected.array(of: Float.self)) {
            #expect(abs(found - expected) < 1e-5)
        }
    }

    @Test func viewsHaveGradients() {
        let tape = GradientTape()
        let watched = tape.watch(x)
        let loss = (watched[1] * 2).sum() + watched[0..<1].sum() + watched.reshaped([3, 2])[2].sum()
        #expect(tape.gradients(of: loss, to: [watched])[0].array(of: Float.self) == [1, 1, 1, 2, 3, 3])
        let next = GradientTape()
        let again = next.watch(x)
        let parts = again.slice(along: 1, 1..<3).sum() + again.slice(along: 1, 0..<2).sum()
        #expect(next.gradients(of: parts, to: [again])[0].array(of: Float.self) == [1, 2, 1, 1, 2, 1])
    }

    @Test func conversionsHaveGradients() throws {
        let tape = GradientTape()
        let watched = tape.watch(x)
        let loss = (try watched.converted(to: .float64) * 3).sum()
        let gradient = tape.gradients(of: loss, to: [watched])[0]
        #expect(gradient.dtype == .float32 && gradient.array(of: Float.self) == [3, 3, 3, 3, 3, 3])
    }

    /// A recomputed part has the same gradients, bit by bit, and keeps nothing meanwhile.
    @Test func checkpoints() throws {
        func gradients(isCheckpointed: Bool) -> (runs: Int, values: [[Float]]) {
            let tape = GradientTape()
            let (input, weight, unused) = (tape.watch(x), tape.watch(weight), tape.watch(x))
            var runs = 0
            let part = {
                runs += 1
                let hidden = linear(input, weight: weight, activation: .gelu)
                return linear(hidden, weight: weight.transposed(), activation: .quickGELU) + input
            }
            let result = isCheckpointed ? tape.checkpointed(part) : part()
            let loss = (result * result + input).sum()
            let gradients = tape.gradients(of: loss, to: [input, weight, unused])
            return (runs, gradients.map { $0.array() })
        }
        let (plain, checkpointed) = (gradients(isCheckpointed: false), gradients(isCheckpointed: true))
        #expect(plain.runs == 1 && checkpointed.runs == 2)
        #expect(plain.values == checkpointed.values)
    }

    @Test func checkpointsInsideOfOthers() {
        func gradient(_ depth: Int) -> [Float] {
            let tape = GradientTape()
            let input = tape.watch(x)
            func level(_ depth: Int, _ x: Tensor) -> Tensor {
                guard depth > 0 else { return x.applying(.sigmoid) * input }
                return tape.checkpointed { level(depth - 1, x * 1.5) + x }
            }
            let nested = depth > 0 ? level(depth, input) : plain(3, input)
            func plain(_ depth: Int, _ x: Tensor) -> Tensor {
                depth > 0 ? plain(depth - 1, x * 1.5) + x : x.applying(.sigmoid) * input
            }
            return tape.gradients(of: nested.sum(), to: [input])[0].array()
        }
        let (nested, plain) = (gradient(3), gradient(0))
        for (nested, plain) in zip(nested, plain) { #expect(abs(nested - plain) <= 1e-5 * abs(plain)) }
    }

    @Test func checkpointsOfConstants() {
        let tape = GradientTape()
        let watched = tape.watch(x)
        #expect(!tape.checkpointed { x * x }.isTraced)
        let same = tape.checkpointed { watched }
        #expect(tape.gradients(of: same.sum(), to: [watched])[0].array(of: Float.self) == [1, 1, 1, 1, 1, 1])
    }

    /// What lies between is freed on the way, not at the end.
    @Test func memoryIsFreedOnTheWay() {
        let before = BufferPool.cpu.statistics.usedByteCount
        let tape = GradientTape()
        let input = tape.watch(Tensor.ones([1 << 18]))
        var usedInTheEnd = Int.max
        func loss() -> Tensor {
            // Its gradient comes last.
            var result = tape.record(input.detached, from: [input]) { flow in
                usedInTheEnd = BufferPool.cpu.statistics.usedByteCount - before
                flow.add(flow.gradient, to: 0)
            }
            for _ in 0..<8 { result = result.applying(.sigmoid) }
            return result.sum()
        }
        let result = loss()
        // Each of eight results has 1 MiB. Other tests use the pool meanwhile, but have no such tensors.
        #expect(BufferPool.cpu.statistics.usedByteCount - before > 7 << 20)
        _ = tape.gradients(of: result, to: [input])
        #expect(usedInTheEnd < 4 << 20)
    }

    /// Two threads record on tapes of their own, with parameters that they share.
    @Test func threads() {
        let weight = weight
        let x = x
        let results = Results()
        let work: @Sendable () -> Void = {
            for _ in 0..<50 {
                let tape = GradientTape()
                let watched = tape.watch(weight)
                let loss = softmaxEntropy(linear(x, weight: watched, activation: .gelu))
                let gradient = tape.gradients(of: loss, to: [watched])[0].array(of: Float.self)
                results.values.withLock { $0.append(gradient) }
            }
        }
        inThreads(2, work)
        let all = results.values.withLock { $0 }
        #expect(all.count == 100)
        #expect(Set(all.map { $0.map(\.bitPattern) }).count == 1)
    }

    private final class Results: Sendable {
        let values = Mutex<[[Float]]>([])
    }

    private func inThreads(_ count: Int, _ body: @escaping @Sendable () -> Void) {
        final class Work {
            let body: () -> Void
            init(_ body: @escaping () -> Void) { self.body = body }
        }
        var threads = [pthread_t](repeating: pthread_t(), count: count)
        for number in 0..<count {
            let code = pthread_create(
                &threads[number], nil,
                { work in
                    if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                    return nil
                }, Unmanaged.passRetained(Work(body)).toOpaque())
            #expect(code == 0)
        }
        for thread in threads { pthread_join(thread, nil) }
    }
}

@Suite("Gradients that are passed on early")
struct EagerGradientTests {
    /// y = Σ w·x, where each w is twice a watched number: recorded first, used last to first.
    private func gradient(isEager: Bool, order: inout [Int]) -> [Double] {
        final class Order { var numbers: [Int] = [] }
        let tape = GradientTape()
        let scale = tape.watch(Tensor([1.5, -2, 0.25] as [Double]))
        let seen = Order()
        let weights = (0..<3).map { number in
            let weight = Tensor([2 * scale.array(of: Double.self)[number]])
            return tape.record(weight, from: [scale], isEager: isEager) { flow in
                seen.numbers.append(number)
                let values = (0..<3).map { $0 == number ? 2 * flow.gradient.array(of: Double.self)[0] : 0 }
                flow.add(Tensor(values), to: 0)
            }
        }
        var sum = weights[0] * 3
        sum = sum + weights[1] * weights[0]
        sum = sum + weights[2] * 7
        let result = tape.gradients(of: sum.sum(), to: [scale])[0].array(of: Double.self)
        order = seen.numbers
        return result
    }

    @Test("They are the same, and come in the order of first uses")
    func same() {
        var (late, early): ([Int], [Int]) = ([], [])
        let expected = gradient(isEager: false, order: &late)
        #expect(gradient(isEager: true, order: &early) == expected)
        // d/ds of 3·2s₀ + 2s₁·2s₀ + 7·2s₂.
        // With s₀ = 1.5 and s₁ = −2.
        #expect(expected == [-2, 6, 14] as [Double])
        #expect(late == [2, 1, 0] && early == [2, 1, 0])
    }

    @Test("An eager one has its turn before entries that were recorded behind it")
    func beforeOthers() {
        final class Order { var names: [String] = [] }
        let order = Order()
        let tape = GradientTape()
        let x = tape.watch(Tensor(2.0))
        func step(_ input: Tensor, _ name: String, isEager: Bool = false) -> Tensor {
            tape.record(Tensor(input.number * 3), from: [input], isEager: isEager) { flow in
                order.names.append(name)
                flow.add(flow.gradient * 3, to: 0)
            }
        }
        let weight = step(step(x, "made", isEager: true), "weight", isEager: true)
        let first = step(x, "first")
        let used = step(weight, "used")
        let gradient = tape.gradients(of: used + first, to: [x])[0].number
        #expect(gradient == 27 + 3)
        #expect(order.names == ["used", "weight", "made", "first"])
    }
}
