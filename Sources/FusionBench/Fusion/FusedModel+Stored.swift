import Checkpoints
import Tensors

extension FusedModel {
    /// Computes the model into a file that goes when nobody reads it any longer, for passes that need it as a whole.
    ///
    /// All ranks do it together.
    ///
    /// - Parameters:
    ///   - name: What it is, for the file and for people.
    ///   - modelNames: The names of the models that it is computed from.
    ///   - context: What surrounds the fusion.
    /// - Returns: Its floating-point tensors in `float32`, by the names in the state dict.
    /// - Throws: An error of reading, merging or writing.
    func stored(
        as name: String, modelNames: [String], in context: FusionContext
    ) throws -> [String: LazyTensor] {
        var model = self
        model.parameters.removeAll { !$0.dtype.isFloatingPoint }
        model.store(as: .float32)
        let tensors = model.parameters.map { TensorDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape) }
        let stream = FusedModelStream(model: model, modelNames: modelNames, context: context)
        return try StoredTensors.make(name, tensors, in: context) { writer in
            try stream.run(name) { piece in
                try writer.write(piece.bytes, to: tensors[piece.parameter].name, at: piece.range.lowerBound)
            }
        }
    }
}
