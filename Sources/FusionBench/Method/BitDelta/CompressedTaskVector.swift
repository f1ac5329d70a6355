import Checkpoints
import Fabric
import OperatingSystem
import OrderedCollections
import Tensors

/// A task vector of which only signs and scales are kept, as a file.
///
/// For each matrix `….weight` it holds `….mask`, the signs as bits, and `….coeff`, the scale; every other parameter is the
/// fine-tuned model's. Masks are I32 of shape [outputs, inputs / 32, rounded up]: bit j of word k in row i is 1 if the
/// entry in row i and column 32k + j is not negative.
struct CompressedTaskVector {
    let models: AlignedModels
    /// The parameters that are compressed.
    let compressed: AlignedModels
    /// The scale of each of these.
    let scales: [Float]

    /// Writes the file, all ranks together.
    ///
    /// - Throws: `CheckpointError` if it cannot be written, or an error of reading.
    func write(to path: String, in context: FusionContext) throws {
        let content = content
        let writer = try SafetensorsWriter(
            path: path,
            tensors: content.parameters.map { TensorDescription(name: $0.name, dtype: $0.dtype, shape: $0.shape) },
            metadata: ["format": "pt"])
        if context.fabric.isGlobalZero {
            try FileSystem.makeDirectory(FileSystem.directoryName(writer.path))
            context.fabric.holdTemporaryFile(writer.temporaryPath)
            try writer.create()
        }
        defer { if context.fabric.isGlobalZero { context.fabric.releaseTemporaryFile(writer.temporaryPath) } }
        try FusedModelStream(model: content, modelNames: models.modelNames, context: context).run(
            "compressed task vector"
        ) { piece in
            try writer.write(piece.bytes, to: content.parameters[piece.parameter].name, at: piece.range.lowerBound)
        }
        if context.fabric.isGlobalZero { try writer.finish(flushing: true) }
    }

    /// The tensors of the file.
    private var content: FusedModel {
        let numbers = Dictionary(uniqueKeysWithValues: compressed.parameters.enumerated().map { ($1.key, $0) })
        var parameters: [FusedParameter] = []
        let model = models.modelNames[0]
        for parameter in models.parameters {
            let tensors = parameter.input.models
            guard let number = numbers[parameter.key], let base = parameter.input.pretrained else {
                parameters += tensors.map { FusedParameter(copying: $0, of: model, name: parameter.name) }
                continue
            }
            let module = String(parameter.name.dropLast(".weight".count))
            parameters += tensors.map {
                FusedParameter(copying: .signs(of: $0, base), of: model, name: module + ".mask")
            }
            parameters.append(FusedParameter(copying: .scalar(scales[number]), of: model, name: module + ".coeff"))
        }
        var content = FusedModel(copying: models.template)
        content.parameters = parameters
        return content
    }
}

extension LazyTensor {
    /// The signs of a difference of matrices, packed.
    fileprivate static func signs(of tensor: LazyTensor, _ base: LazyTensor) -> LazyTensor {
        let (rows, columns) = (tensor.shape.dimensions[0], tensor.shape.dimensions[1])
        return LazyTensor(
            dtype: .int32, shape: [rows, (columns + 31) / 32], source: PackedSigns(tensor: tensor, base: base))
    }

    /// One number.
    fileprivate static func scalar(_ value: Float) -> LazyTensor {
        LazyTensor(dtype: .float32, shape: [], source: SingleNumber(value: value))
    }
}

/// The signs of tensor − base, 32 to a word.
private struct PackedSigns: TensorSource {
    let tensor: LazyTensor
    let base: LazyTensor

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        let columns = tensor.shape.dimensions[1]
        let width = (columns + 31) / 32
        let words = bytes.bindMemory(to: UInt32.self)
        let memory = ScratchMemory()
        let reader = StretchReader(memory: memory, allowsNonFinite: true)
        var word = elements.lowerBound
        while word < elements.upperBound {
            let (row, first) = word.quotientAndRemainder(dividingBy: width)
            let last = min(width, first + elements.upperBound - word)
            let range = row * columns + 32 * first..<row * columns + min(columns, 32 * last)
            let values = try reader.values(of: tensor, range, slot: 1, tensor: "", model: "")
            let bases = try reader.values(of: base, range, slot: 0, tensor: "", model: "")
            for target in 0..<last - first {
                var bits: UInt32 = 0
                for bit in 0..<min(32, range.count - 32 * target) {
                    let index = 32 * target + bit
                    if !(values[index] - bases[index] < 0) { bits |= 1 << UInt32(bit) }
                }
                words[word - elements.lowerBound + target] = bits.littleEndian
            }
            word += last - first
        }
    }
}

private struct SingleNumber: TensorSource {
    let value: Float

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.copyMemory(from: $0) }
    }
}
