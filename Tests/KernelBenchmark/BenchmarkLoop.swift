import CKernels
import Glibc

/// A loop to measure.
struct BenchmarkLoop: Sendable {
    let name: String
    /// The type of the inputs.
    let element: ckernels_element
    /// What is read and written for each element, without what caches read before they write.
    let bytesPerElement: Double
    /// The bytes of the largest element in any buffer.
    let largestElement: Int
    /// Does it once, with all elements.
    let run: @Sendable (ckernels, BenchmarkMemory) -> Void

    static let triadName = "triad a = b + s · c"

    static let all = baselines + conversions + arithmetic + checks + magnitudes + sums + randomNumbers

    private init(
        _ name: String, _ element: ckernels_element = CKERNELS_FLOAT32, bytes: Double, largest: Int = 4,
        _ body: @escaping @Sendable (ckernels, BenchmarkMemory, Int) -> Void
    ) {
        self.name = name
        self.element = element
        bytesPerElement = bytes
        largestElement = max(largest, element.byteCount)
        let largestElement = largestElement
        run = { loops, memory in body(loops, memory, memory.elementCount(largestElement)) }
    }

    private static let baselines = [
        BenchmarkLoop("memcpy", bytes: 8) { memcpy($1.result, $1.x, $2 * 4) },
        BenchmarkLoop(triadName, bytes: 12) { _, memory, count in
            let (a, b, c) = (
                memory.floats, memory.x.assumingMemoryBound(to: Float.self),
                memory.y.assumingMemoryBound(to: Float.self)
            )
            for i in 0..<count { a[i] = b[i] + 0.3 * c[i] }
        },
    ]

    private static let types: [(name: String, element: ckernels_element)] = [
        ("F16", CKERNELS_FLOAT16), ("BF16", CKERNELS_BFLOAT16), ("F32", CKERNELS_FLOAT32), ("F64", CKERNELS_FLOAT64),
    ]

    private static let conversions =
        types.filter { $0.name != "F32" }.flatMap { name, element in
            [
                BenchmarkLoop("\(name) to F32", element, bytes: Double(4 + element.byteCount)) {
                    $0.decode(element, $1.x, $1.floats, $2)
                },
                BenchmarkLoop("F32 to \(name)", bytes: Double(4 + element.byteCount), largest: element.byteCount) {
                    $0.encode(element, $1.x.assumingMemoryBound(to: Float.self), $1.result, $2)
                },
            ]
        }

    private static let arithmetic =
        types.filter { $0.name != "F64" }.flatMap { name, element in
            let size = Double(element.byteCount)
            return [
                BenchmarkLoop("sum += w · x, \(name)", element, bytes: 8 + size) {
                    $0.accumulate(element, $1.x, 0.3, $1.floats, $2)
                },
                BenchmarkLoop("sum += w · (x − base), \(name)", element, bytes: 8 + 2 * size) {
                    $0.accumulate_difference(element, $1.x, $1.y, 0.3, $1.floats, $2)
                },
                BenchmarkLoop("sum of 8 w · x, \(name)", element, bytes: (4 + 8 * size) / 4) { loops, memory, count in
                    // Eight inputs in two buffers.
                    let part = count / 4
                    let inputs = (0..<8).map {
                        UnsafeRawPointer($0 < 4 ? memory.x : memory.y) + $0 % 4 * part * element.byteCount
                    }
                    loops.weighted_sum(element, inputs, [Float](repeating: 0.125, count: 8), 8, memory.floats, part)
                },
            ]
        } + [
            BenchmarkLoop("x − base, F32", bytes: 12) { $0.difference(CKERNELS_FLOAT32, $1.x, $1.y, $1.floats, $2) },
            BenchmarkLoop("base + w · delta, F32", bytes: 12) {
                $0.add_scaled(CKERNELS_FLOAT32, $1.x, $1.y.assumingMemoryBound(to: Float.self), 0.3, $1.floats, $2)
            },
            BenchmarkLoop("w · x in place", bytes: 8) { $0.scale_in_place($1.floats, 1, $2) },
        ]

    private static let checks = types.map { name, element in
        BenchmarkLoop("first not finite, \(name)", element, bytes: Double(element.byteCount)) {
            precondition($0.first_non_finite(element, $1.x, $2) == $2, "The numbers are finite")
        }
    }

    /// Where many of the numbers are: around 0.02.
    private static let middle = Float(0.02).bitPattern

    private static let magnitudes = [
        BenchmarkLoop("histogram of ∣x∣, upper bits", bytes: 4) { $0.count_upper_bits($1.x, nil, $2, $1.counters) },
        BenchmarkLoop("histogram of ∣x − base∣, upper bits", bytes: 8) {
            $0.count_upper_bits($1.x, $1.y, $2, $1.counters)
        },
        BenchmarkLoop("histogram of ∣x − base∣, lower bits", bytes: 8) {
            $0.count_lower_bits($1.x, $1.y, $2, middle >> 16, $1.counters)
        },
        BenchmarkLoop("select 1 % of ∣x − base∣", bytes: 8) {
            let inside = $1.result.assumingMemoryBound(to: UInt32.self)
            let counts = $0.select_magnitudes($1.x, $1.y, $2, middle, middle + 3 << 16, inside, $2)
            precondition(counts.inside > 0, "There are some")
        },
    ]

    private static let sums = [
        BenchmarkLoop("Σ x", bytes: 4) { precondition($0.sum($1.x, $2).isFinite) },
        BenchmarkLoop("Σ ∣x − base∣", bytes: 8) { precondition($0.absolute_sum($1.x, $1.y, $2) > 0) },
        BenchmarkLoop("Σ x²", bytes: 4) { precondition($0.squared_norm($1.x, nil, $2) > 0) },
        BenchmarkLoop("Σ (x − base)²", bytes: 8) { precondition($0.squared_norm($1.x, $1.y, $2) > 0) },
        BenchmarkLoop("Σ x · y", bytes: 8) { precondition($0.dot_product($1.x, $1.y, nil, $2).isFinite) },
        BenchmarkLoop("Σ x · y, Σ x², Σ y²", bytes: 8) {
            precondition($0.products($1.x, $1.y, nil, $2).first_first > 0)
        },
        BenchmarkLoop("the same of x − base, y − base", bytes: 12) {
            precondition($0.products($1.x, $1.y, $1.result, $2).first_first > 0)
        },
    ]

    private static let stream = ckernels_random_stream(key: 1, stream: 2)

    private static let randomNumbers = [
        BenchmarkLoop("uniform F32", bytes: 4) { $0.uniform_float32(stream, 0, $1.floats, $2) },
        BenchmarkLoop("uniform F64", bytes: 8, largest: 8) {
            $0.uniform_float64(stream, 0, $1.result.assumingMemoryBound(to: Double.self), $2)
        },
        BenchmarkLoop("normal F32", bytes: 4) { $0.normal_float32(stream, 0, $1.floats, $2) },
        BenchmarkLoop("Bernoulli mask, bytes", bytes: 1) {
            $0.bernoulli_mask(stream, 0, 1 << 31, $1.result.assumingMemoryBound(to: UInt8.self), $2)
        },
        BenchmarkLoop("Bernoulli mask · w · x in place", bytes: 8) {
            $0.bernoulli_scale(stream, 0, 1 << 31, 1, $1.floats, $2)
        },
    ]
}

extension BenchmarkMemory {
    var floats: UnsafeMutablePointer<Float> { result.assumingMemoryBound(to: Float.self) }
}
