import Fabric
import OrderedCollections
import Tensors

extension FusedModel {
    /// Computes the model into memory, on all ranks: what would be written, by the names that the family shares.
    ///
    /// - Parameters:
    ///   - modelNames: The names of the pool's models, for messages.
    ///   - context: What surrounds the fusion.
    /// - Returns: The tensors by their names in the state dict.
    /// - Throws: An error of reading or merging; `TensorError` if there is no memory.
    func tensors(modelNames: [String], in context: FusionContext) throws -> OrderedDictionary<String, Tensor> {
        let memory = FusedMemory(self)
        let stream = FusedModelStream(model: self, modelNames: modelNames, context: context)
        if context.fabric.isGlobalZero { memory.allocate() }
        try stream.run("computing the model") { piece in memory.store(piece) }
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for (number, parameter) in parameters.enumerated() {
            tensors[parameter.name] = try memory.tensor(number, parameter, context.fabric)
        }
        return tensors
    }
}

/// The bytes of all parameters; on global zero only, which gathers them.
///
/// Threads write to different places of it, and nobody reads before all have written.
private final class FusedMemory: @unchecked Sendable {
    private let offsets: [Int]
    private let elementSizes: [Int]
    private let byteCount: Int
    private var bytes: UnsafeMutableRawBufferPointer?

    /// Parameters begin where their elements may lie.
    private static let alignment = 64

    init(_ model: FusedModel) {
        var offsets: [Int] = []
        var end = 0
        for parameter in model.parameters {
            offsets.append(end)
            let count = parameter.dtype.byteCount(elements: parameter.shape.elementCount) ?? 0
            end = (end + count + Self.alignment - 1) / Self.alignment * Self.alignment
        }
        self.offsets = offsets
        elementSizes = model.parameters.map { $0.dtype.byteCount ?? 1 }
        byteCount = end
    }

    deinit { bytes?.deallocate() }

    func allocate() { bytes = .allocate(byteCount: max(byteCount, 1), alignment: Self.alignment) }

    func store(_ piece: FusedModelStream.Piece) {
        guard let base = bytes?.baseAddress, let source = piece.bytes.baseAddress else { return }
        let place = offsets[piece.parameter] + piece.range.lowerBound * elementSizes[piece.parameter]
        base.advanced(by: place).copyMemory(from: source, byteCount: piece.bytes.count)
    }

    /// A parameter on this rank: where all have been gathered without a copy, elsewhere sent.
    func tensor(_ number: Int, _ parameter: FusedParameter, _ fabric: Fabric) throws -> Tensor {
        let count = parameter.dtype.byteCount(elements: parameter.shape.elementCount) ?? 0
        let own = bytes.map { UnsafeRawBufferPointer(rebasing: $0[offsets[number]..<offsets[number] + count]) }
        if fabric.worldSize > 1 {
            let sent = try fabric.broadcast(own.map(Array.init) ?? [], "the model")
            if own == nil {
                return try sent.withUnsafeBytes {
                    try Tensor(copying: $0, shape: parameter.shape, dtype: parameter.dtype)
                }
            }
        }
        return try Tensor(
            borrowing: own ?? .init(start: nil, count: 0), shape: parameter.shape, dtype: parameter.dtype, owner: self)
    }
}
