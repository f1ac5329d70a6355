import Checkpoints
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Adapters of PEFT, merged here and by PEFT.
@Suite("LoRA adapters")
struct LoRAAdapterTests {
    @Test("There are adapters of every kind")
    func fixtures() {
        #expect(AdapterFixtures.names.count == 15)
    }

    private static let tolerances: [DType: Double] = [
        .float16: 4e-3, .bfloat16: 3e-2, .float32: 1e-6, .float64: 2e-6,
    ]

    @Test("Merged tensors are those of PEFT", arguments: AdapterFixtures.names)
    func mergesLikePEFT(_ name: String) throws {
        let base = try AdapterFixtures.stateDict(name, "base.pt")
        let merged = try AdapterFixtures.adapter(name).merged(into: base)
        let expected = try AdapterFixtures.stateDict(name, "merged.pt")
        let exact = try AdapterFixtures.stateDict(name, "exact.pt")
        #expect(Array(merged.tensors.keys) == Array(base.tensors.keys))
        #expect(Set(merged.tensors.keys) == Set(expected.tensors.keys))
        var changed = 0
        for (path, tensor) in merged.tensors {
            let original = try #require(base.tensors[path])
            let reference = try #require(expected.tensors[path])
            #expect(tensor.dtype == original.dtype && tensor.shape == original.shape)
            if try tensor.readAll() != original.readAll() { changed += 1 }
            guard exact.tensors[path] != nil else {
                // Untouched, or replaced.
                #expect(try tensor.readAll() == reference.readAll(), "\(path)")
                continue
            }
            // Rounding errors of PEFT's sums are relative to the largest numbers in them.
            let tolerance = try #require(Self.tolerances[tensor.dtype])
            let (found, wanted) = (try #require(try tensor.numbers()), try #require(try reference.numbers()))
            let scale = wanted.reduce(1) { max($0, $1.magnitude) }
            let worst = zip(found, wanted).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
            #expect(worst <= tolerance * scale, "\(path)")
        }
        #expect(changed >= exact.tensors.count)
    }

    @Test("What an adapter adds stands for itself", arguments: AdapterFixtures.names)
    func deltas(_ name: String) throws {
        let base = try AdapterFixtures.stateDict(name, "base.pt")
        let merged = try AdapterFixtures.adapter(name).merged(into: base)
        for (path, tensor) in merged.tensors {
            let original = try #require(base.tensors[path])
            guard let delta = tensor.lowRankDelta(over: original) else {
                #expect(tensor.source is FileExtent || tensor.shape.rank != 2 || tensor.dtype != original.dtype)
                continue
            }
            let (left, right) = try delta.factors()
            #expect(left.shape == [delta.rows, delta.rank] && right.shape == [delta.rank, delta.columns])
            let product = left.matrixProduct(right).array(of: Double.self)
            let (before, after) = (try #require(try original.numbers()), try #require(try tensor.numbers()))
            let tolerance = try #require(Self.tolerances[tensor.dtype]) * after.reduce(1) { max($0, $1.magnitude) }
            for index in product.indices { #expect(abs(after[index] - before[index] - product[index]) <= tolerance) }
            // Another tensor is no base of it.
            let other = try #require(base.tensors.values.first { $0.shape != original.shape })
            #expect(tensor.lowRankDelta(over: other) == nil)
        }
    }

    @Test("Adapted weights are the exact sums, rounded once", arguments: AdapterFixtures.names)
    func isExact(_ name: String) throws {
        let base = try AdapterFixtures.stateDict(name, "base.pt")
        let merged = try AdapterFixtures.adapter(name).merged(into: base)
        let exact = try AdapterFixtures.stateDict(name, "exact.pt")
        #expect(!exact.tensors.isEmpty)
        for (path, reference) in exact.tensors {
            let tensor = try #require(merged.tensors[path])
            if tensor.dtype == .float64 {
                let (found, wanted) = (try #require(try tensor.numbers()), try #require(try reference.numbers()))
                #expect(zip(found, wanted).allSatisfy { ($0 - $1).magnitude <= 1e-14 * max(1, $1.magnitude) })
            } else {
                #expect(try tensor.readAll() == reference.readAll(), "\(path)")
            }
        }
    }

    @Test(
        "Every range of elements is computed alone",
        arguments: ["mixed_ranks", "transposed", "convolutions", "bfloat16"])
    func readsRanges(_ name: String) throws {
        let merged = try AdapterFixtures.adapter(name).merged(into: AdapterFixtures.stateDict(name, "base.pt"))
        for (path, tensor) in merged.tensors {
            let width = try #require(tensor.dtype.byteCount)
            let all = try tensor.readAll()
            var wrong: [Range<Int>] = []
            for first in 0..<tensor.elementCount {
                for end in [first, first + 1, first + 5, first + 17, tensor.elementCount]
                where end <= tensor.elementCount {
                    var bytes = [UInt8](repeating: 0, count: (end - first) * width)
                    try bytes.withUnsafeMutableBytes { try tensor.read(first..<end, into: $0) }
                    if !bytes.elementsEqual(all[first * width..<end * width]) { wrong.append(first..<end) }
                }
            }
            #expect(wrong.isEmpty, "\(path)")
        }
    }

    @Test("More rows than are held at a time")
    func manyRows() throws {
        let (rows, columns, rank) = (700, 3, 2)
        let base = LazyTensor([rows, columns], (0..<rows * columns).map { Float($0) })
        let a = LazyTensor([rank, columns], [1, 2, 3, -1, 0, 1])
        let b = LazyTensor([rows, rank], (0..<rows * rank).map { Float($0 % 7) })
        let merged = try adapter(["m.lora_A.weight": a, "m.lora_B.weight": b], #"{"r": 2, "lora_alpha": 1}"#)
            .merged(into: LazyStateDict(tensors: ["m.weight": base], path: "base"))
        let expected = (0..<rows).flatMap { row in
            (0..<columns).map { column in
                let first = Double(row * rank % 7) * Double(column + 1)
                let second = Double((row * rank + 1) % 7) * Double(column - 1)
                return Double(row * columns + column) + 0.5 * (first + second)
            }
        }
        #expect(try merged.tensors["m.weight"]?.numbers() == expected)
    }

    private func adapter(
        _ tensors: OrderedDictionary<String, LazyTensor>, _ settings: String
    ) throws -> LoRAAdapter {
        let settings = settings.replacing("{", with: #"{"peft_type": "LORA", "#, maxReplacements: 1)
        return LoRAAdapter(
            configuration: try LoRAConfiguration(parsing: Array(settings.utf8), path: "adapter_config.json"),
            tensors: LazyStateDict(tensors: tensors, path: "adapter_model.bin"))
    }

    @Test("Everything that does not fit is listed at once")
    func misfits() throws {
        func tensor(_ dimensions: Int...) -> LazyTensor {
            LazyTensor(Shape(dimensions), [Float](repeating: 1, count: dimensions.reduce(1, *)))
        }
        let integers = LazyTensor(dtype: .int32, shape: [4, 3], source: MemoryElements(bytes: []))
        let base = LazyStateDict(
            tensors: [
                "a.weight": tensor(4, 3), "b.weight": tensor(4, 3), "c.weight": tensor(4, 3), "d.weight": integers,
                "e.weight": tensor(4, 3), "f.bias": tensor(4), "g.weight": integers,
                "h.weight": tensor(4, 3, 2), "k.weight": tensor(4, 3),
            ], path: "base")
        let adapter = try adapter(
            [
                "base_model.model.a.lora_A.weight": tensor(2, 5), "base_model.model.a.lora_B.weight": tensor(4, 2),
                "base_model.model.b.lora_A.weight": tensor(3, 3), "base_model.model.b.lora_B.weight": tensor(4, 3),
                "base_model.model.c.lora_A.weight": tensor(2, 3),
                "base_model.model.d.lora_A.weight": tensor(2, 3), "base_model.model.d.lora_B.weight": tensor(4, 2),
                "base_model.model.e.lora_magnitude_vector": tensor(4),
                "base_model.model.e.lora_A.weight": tensor(2, 3), "base_model.model.e.lora_B.weight": tensor(4, 2),
                "base_model.model.e.lora_B.default.weight": tensor(4, 2),
                "base_model.model.f.bias": tensor(5), "base_model.model.g.weight": tensor(4, 3),
                "base_model.model.h.lora_A.weight": tensor(2, 3, 2),
                "base_model.model.h.lora_B.weight": tensor(4, 2, 2),
                "base_model.model.i.lora_A.weight": tensor(2, 3), "base_model.model.i.lora_B.weight": tensor(4, 2),
                "base_model.model.j.weight": tensor(1), "base_model.model.k.lora_embedding_A": tensor(2, 3),
                "base_model.model.k.lora_embedding_B": tensor(4, 2),
            ], #"{"r": 2}"#)
        let error = try #require(throws: CheckpointError.self) { try adapter.merged(into: base) }
        guard case .invalidAdapter("adapter_model.bin", let problems) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(
            problems == [
                .unknownTensor("base_model.model.e.lora_magnitude_vector"),
                .repeatedTensor("base_model.model.e.lora_B.default.weight"),
                .wrongShape(tensor: "base_model.model.f.bias", base: [4], found: [5]),
                .unsupportedType(tensor: "base_model.model.g.weight", .float32),
                .missingBase(tensor: "base_model.model.j.weight", base: "j.weight"),
                .mismatchedShapes(module: "a", base: [4, 3], factorA: [2, 5], factorB: [4, 2]),
                .wrongRank(module: "b", expected: 2, factorA: [3, 3], factorB: [4, 3]),
                .missingFactor(module: "c"),
                .unsupportedType(tensor: "d.weight", .int32),
                .mismatchedShapes(module: "h", base: [4, 3, 2], factorA: [2, 3, 2], factorB: [4, 2, 2]),
                .missingBase(tensor: "i", base: "i.weight"),
                .mismatchedShapes(module: "k", base: [4, 3], factorA: [2, 3], factorB: [4, 2]),
            ])
        for problem in problems { #expect(error.description.contains(problem.description)) }
    }

    @Test("Older and other names of tensors")
    func names() throws {
        let base = LazyStateDict(
            tensors: [
                "a.weight": LazyTensor([1, 1], [1]), "head.weight": LazyTensor([1], [2]),
                "head.bias": LazyTensor([1], [3]),
            ],
            path: "base")
        let adapter = try adapter(
            [
                "a.lora_A.default.weight": LazyTensor([1, 1], [2]), "a.lora_B.default.weight": LazyTensor([1, 1], [3]),
                "a.base_layer.weight": LazyTensor([1, 1], [10]),
                "base_model.model.head.modules_to_save.default.weight": LazyTensor([1], [20]),
                "base_model.model.head.original_module.weight": LazyTensor([1], [-1]),
                "base_model.model.head.modules_to_save.bias": LazyTensor([1], [30]),
            ], #"{"r": 1, "lora_alpha": 1}"#)
        let merged = try adapter.merged(into: base)
        #expect(try merged.tensors.values.map { try $0.numbers() } == [[16], [20], [30]])
    }

    @Test("A tensor of another floating-point type is rounded to that of the base")
    func convertsReplacements() throws {
        let base = LazyStateDict(
            tensors: [
                "a.bias": LazyTensor(dtype: .bfloat16, shape: [4], source: MemoryElements(bytes: [])),
                "b.bias": LazyTensor(dtype: .float16, shape: [2], source: MemoryElements(bytes: [])),
            ], path: "base")
        let adapter = try adapter(
            [
                "a.bias": LazyTensor([4], [1.00390625, 1.01171875, .infinity, .nan]),
                "b.bias": LazyTensor([2], [0.1, 1e6]),
            ], #"{"r": 1}"#)
        let merged = try adapter.merged(into: base)
        let numbers = try #require(try merged.tensors["a.bias"]?.numbers())
        #expect(numbers.prefix(3) == [1, 1.015625, .infinity] && numbers[3].isNaN)
        #expect(try merged.tensors["b.bias"]?.numbers() == [Double(Float16(0.1)), .infinity])
    }
}
