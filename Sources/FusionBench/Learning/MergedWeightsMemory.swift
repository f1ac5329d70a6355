import Fabric
import OperatingSystem
import Tensors

/// Where the weights of a network stand that is merged anew in each step: the ranks of a host share one copy, of which each
/// makes a part.
struct MergedWeightsMemory: Sendable {
    private let memory: SharedMemory
    /// The bytes of each parameter.
    private let places: [Range<Int>]
    /// The parameters that this rank makes.
    private let own: [Int]

    private static let alignment = 64

    /// All ranks make it together.
    ///
    /// - Throws: `FabricError` if there is no memory.
    init(for vectors: TaskVectors, on fabric: Fabric) throws {
        var places: [Range<Int>] = []
        var end = 0
        for parameter in vectors.parameters {
            let start = (end + Self.alignment - 1) / Self.alignment * Self.alignment
            end = start + parameter.shape.elementCount * MemoryLayout<Float>.size
            places.append(start..<end)
        }
        let memory = try fabric.sharedMemory(byteCount: end, "merged weights")
        // Neighbouring parameters, about as many bytes for each rank.
        own = places.indices.filter { number in
            let middle = (places[number].lowerBound + places[number].upperBound) / 2
            return middle * memory.ranks.count / max(1, end) == memory.position
        }
        self.memory = memory
        self.places = places
    }

    /// Merges all parameters.
    ///
    /// All ranks do it together, when none of them reads what was merged before.
    ///
    /// - Parameters:
    ///   - vectors: θ₀ and τ.
    ///   - coefficients: λ of each layer, or of all.
    ///   - fabric: The ranks; each uses its threads.
    /// - Returns: The parameters, views of this memory.
    /// - Throws: `FabricError` if ranks are at different calls.
    func merge(_ vectors: TaskVectors, _ coefficients: [[Float]], on fabric: Fabric) throws -> [Tensor] {
        let own = own
        let workers = OrderedWorkers(count: own.count, threads: fabric.threadCount, window: own.count) { place in
            let number = own[place]
            let part = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[places[number]])
            vectors.merge(
                number, coefficients[coefficients.count == 1 ? 0 : number], into: part.bindMemory(to: Float.self))
        }
        defer { workers.cancel() }
        for _ in own { try workers.take() }
        if fabric.worldSize > 1 { try fabric.barrier("merged weights") }
        return try zip(vectors.parameters, places).map { parameter, place in
            try Tensor(
                borrowing: UnsafeRawBufferPointer(rebasing: memory.bytes[place]), shape: parameter.shape,
                dtype: .float32, owner: memory)
        }
    }
}
