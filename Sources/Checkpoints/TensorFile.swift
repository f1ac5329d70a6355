import OrderedCollections
public import Tensors

/// A file that holds one tensor: what `torch.save`, `numpy.save` or safetensors wrote.
public enum TensorFile {
    /// Reads the tensor.
    ///
    /// - Parameter path: A file that ends in `.pt`, `.pth`, `.ckpt`, `.bin`, `.npy`, `.np` or `.safetensors`.
    /// - Returns: The tensor, in the type that it is stored in.
    /// - Throws: `CheckpointError` if the file cannot be read, or holds no tensor or several.
    public static func read(_ path: String) throws -> Tensor {
        let ending = path.split(separator: "/").last?.split(separator: ".").last.map { $0.lowercased() }
        switch ending {
        case "pt", "pth", "ckpt", "bin":
            return try StateDictSelection.onlyTensor(TorchContents(CheckpointFile(path))).readTensor()
        case "npy", "np": return try NumPyArray(path).tensor
        case "safetensors":
            let tensors = try SafetensorsFile(path).stateDict.tensors
            guard let tensor = tensors.values.first, tensors.count == 1 else {
                throw CheckpointError.noTensors(path: path, found: "\(tensors.count) tensors, where one is expected")
            }
            return try tensor.readTensor()
        default:
            throw CheckpointError.malformed(
                path: path, problem: "a tensor is read from .pt, .pth, .npy or .safetensors files")
        }
    }
}
