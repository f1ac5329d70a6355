import Checkpoints
import Fabric
import OperatingSystem
import OrderedCollections
import Tensors

struct FusedModelWriter {
    let context: FusionContext

    func write(_ model: FusedModel, modelNames: [String], to directory: String) throws {
        let stream = FusedModelStream(model: model, modelNames: modelNames, context: context)
        let writer = try SafetensorsWriter(
            path: FileSystem.join(directory, "model.safetensors"),
            tensors: model.parameters.map { TensorDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape) },
            metadata: ["format": "pt"])
        if context.fabric.isGlobalZero {
            try FileSystem.makeDirectory(directory)
            try writer.create()
        }
        try stream.run("merge") { piece in
            try writer.write(piece.bytes, to: model.parameters[piece.parameter].name, at: piece.range.lowerBound)
        }
        if context.fabric.isGlobalZero { try writer.finish(flushing: false) }
    }
}
