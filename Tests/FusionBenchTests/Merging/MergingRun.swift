import Checkpoints
import Configuration
import Fabric
import OrderedCollections
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import FusionBench

/// Runs methods in this process, on any number of ranks and threads.
enum MergingRun {
    /// The tensors of a fused model, as they are written.
    typealias Tensors = OrderedDictionary<String, MergedTensor>

    /// What a method makes of a pool, by the names of the models; the only model is called `merged`.
    ///
    /// - Parameters:
    ///   - method: The method's configuration in YAML.
    ///   - models: Names and directories, in the order of the pool.
    ///   - family: How tensors are named.
    ///   - ranks: The number of ranks, each a thread.
    ///   - threads: The threads of each rank.
    ///   - seed: The seed of random methods.
    ///   - directory: The job's output directory; one that goes afterwards if nil.
    /// - Returns: The tensors of each model.
    /// - Throws: The first error of any rank.
    static func fuse(
        _ method: String, _ models: [(name: String, path: String)], family: ModelFamily = .generic, ranks: Int = 1,
        threads: Int = 1, seed: UInt64 = 0, directory: ScratchDirectory? = nil
    ) throws -> [String: Tensors] {
        let directory = try directory ?? ScratchDirectory()
        let results = try withFabrics(ranks, threads: threads) { fabric in
            let context = FusionContext(fabric: fabric, seed: seed, outputDirectory: directory.path)
            let pool = pool(models, family)
            var results: [String: Tensors] = [:]
            for (name, model) in try result(try Self.method(method), pool, context).models {
                results[name ?? "merged"] = try tensors(of: model, pool, context)
            }
            try fabric.finish()
            return results
        }
        return results[0]
    }

    /// The method of a configuration in YAML.
    static func method(_ yaml: String) throws -> any FusionMethod {
        let instantiator = Instantiator(.fusionBench)
        let object = try instantiator.instantiate(ConfigurationValue(yaml: yaml), legacy: .method, recursive: false)
        return try #require(object as? any FusionMethod)
    }

    /// A pool of models in directories.
    static func pool(_ models: [(name: String, path: String)], _ family: ModelFamily = .generic) -> ModelPool {
        let references = models.map { ($0.name, ModelReference(location: $0.path)) }
        return ModelPool(family, references: OrderedDictionary(uniqueKeysWithValues: references))
    }

    /// What a method makes of a pool that it has no objection to.
    static func result(_ method: any FusionMethod, _ pool: ModelPool, _ context: FusionContext) throws -> FusionResult {
        let problems = method.problems(with: pool)
        if !problems.isEmpty { throw FusionError.several(problems) }
        return try method.fuse(pool, in: context)
    }

    /// Does something with a fabric of one rank.
    static func alone<Result: Sendable>(_ body: @escaping @Sendable (FusionContext) throws -> Result) throws -> Result {
        let directory = try ScratchDirectory()
        return try withFabrics(1) { fabric in
            let result = try body(FusionContext(fabric: fabric, seed: 0, outputDirectory: directory.path))
            try fabric.finish()
            return result
        }[0]
    }

    /// The tensors of a model as they are written.
    static func tensors(of model: FusedModel, _ pool: ModelPool, _ context: FusionContext) throws -> Tensors {
        let bytes = Mutex(model.parameters.map { [UInt8](repeating: 0xEE, count: $0.byteCount) })
        let stream = FusedModelStream(model: model, modelNames: pool.modelNames, context: context)
        try stream.run("test") { piece in
            let parameter = model.parameters[piece.parameter]
            let start = try #require(parameter.dtype.byteCount(elements: piece.range.lowerBound))
            bytes.withLock { bytes in
                bytes[piece.parameter].replaceSubrange(start..<start + piece.bytes.count, with: piece.bytes)
            }
        }
        return bytes.withLock { bytes in
            Tensors(
                uniqueKeysWithValues: zip(model.parameters, bytes).map {
                    ($0.name, MergedTensor(dtype: $0.dtype, shape: $0.shape, bytes: $1))
                })
        }
    }
}

extension FusedParameter {
    fileprivate var byteCount: Int { dtype.byteCount(elements: shape.elementCount) ?? 0 }
}

/// A tensor with its bytes as they are stored.
struct MergedTensor: Equatable, Sendable {
    let dtype: DType
    let shape: Shape
    let bytes: [UInt8]

    init(dtype: DType, shape: Shape, bytes: [UInt8]) {
        self.dtype = dtype
        self.shape = shape
        self.bytes = bytes
    }

    init(_ tensor: LazyTensor) throws {
        self.init(dtype: tensor.dtype, shape: tensor.shape, bytes: try tensor.readAll())
    }

    /// The elements in binary32, for tensors of floating-point types.
    var values: [Float] {
        [Float](unsafeUninitializedCapacity: shape.elementCount) { buffer, count in
            count = shape.elementCount
            bytes.withUnsafeBytes {
                FloatArithmetic.decode($0, dtype, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    /// The largest difference of two tensors, relative to the largest magnitude of the expected one.
    static func error(_ found: MergedTensor, expected: MergedTensor) -> Double {
        let (found, expected) = (found.values.map(Double.init), expected.values.map(Double.init))
        let scale = expected.map(abs).max() ?? 0
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
        return difference == 0 ? 0 : difference / scale
    }
}

/// Compares results with those of the Python peers.
enum MergingParity {
    /// Relative to the largest magnitude of a tensor.
    static let tolerance = 1e-6

    /// Names, shapes and types must be equal, values nearly so.
    ///
    /// The peers of these fixtures write names without the prefix that older files have, and no buffer of positions; we
    /// keep what the base has.
    static func compare(
        _ found: MergingRun.Tensors?, _ expected: OrderedDictionary<String, LazyTensor>, _ id: String,
        tolerance: Double = tolerance, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let unprefixed = try #require(found, "\(id) gives no model of this name", sourceLocation: sourceLocation)
        let prefix = "vision_model."
        let found = OrderedDictionary(
            uniqueKeysWithValues: unprefixed.map {
                ($0.key.hasPrefix(prefix) ? String($0.key.dropFirst(prefix.count)) : $0.key, $0.value)
            }.filter { expected[$0.0] != nil || !$0.0.hasSuffix(".position_ids") })
        #expect(Set(found.keys) == Set(expected.keys), "\(id)", sourceLocation: sourceLocation)
        for (name, tensor) in expected {
            guard let other = found[name] else { continue }
            let expected = try MergedTensor(tensor)
            #expect(
                other.dtype == expected.dtype && other.shape == expected.shape, "\(id): \(name)",
                sourceLocation: sourceLocation)
            guard other.dtype == expected.dtype, other.shape == expected.shape else { continue }
            if expected.dtype.isFloatingPoint {
                let error = MergedTensor.error(other, expected: expected)
                #expect(error <= tolerance, "\(id): \(name) differs by \(error)", sourceLocation: sourceLocation)
            } else {
                #expect(other.bytes == expected.bytes, "\(id): \(name)", sourceLocation: sourceLocation)
            }
        }
    }

    /// Runs a method on any number of ranks and threads, and compares all results with the first.
    static func checkSameBytes(
        _ method: String, _ models: [(name: String, path: String)], family: ModelFamily = .generic
    ) throws {
        let first = try MergingRun.fuse(method, models, family: family, seed: 3)
        #expect(!first.isEmpty, "\(method)")
        for (ranks, threads) in [(1, 2), (1, 4), (2, 1), (3, 2), (5, 1)] {
            let other = try MergingRun.fuse(
                method, models, family: family, ranks: ranks, threads: threads, seed: 3)
            #expect(other == first, "\(method): \(ranks) ranks of \(threads) threads")
        }
    }

    /// Runs a case, and compares its only model.
    static func check(_ item: MergingCase) throws {
        let part = item.expected["merged_in_float32"] == nil ? "merged" : "merged_in_float32"
        let results = try MergingRun.fuse(item.method, item.models, family: item.family)
        try compare(results["merged"], item.expectedTensors(part), item.id)
    }
}
