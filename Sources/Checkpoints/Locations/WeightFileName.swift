/// The names that Transformers gives to the files with a model's weights.
public enum WeightFileName {
    /// All weights.
    public static let safetensors = "model.safetensors"
    /// Which weights are in which of several files.
    public static let safetensorsIndex = "model.safetensors.index.json"
    /// All weights, as PyTorch writes them.
    public static let pytorch = "pytorch_model.bin"
    /// Which weights are in which of several files that PyTorch wrote.
    public static let pytorchIndex = "pytorch_model.bin.index.json"
    /// All weights, as OpenCLIP writes them.
    public static let openCLIPSafetensors = "open_clip_model.safetensors"
    /// All weights, as OpenCLIP wrote them before.
    public static let openCLIPPyTorch = "open_clip_pytorch_model.bin"

    /// The name of one of several files, `model-00001-of-00003.safetensors`; that of a single one has no number.
    public static func shard(_ number: Int, of count: Int) -> String {
        count == 1 ? safetensors : "model-\(fiveDigits(number))-of-\(fiveDigits(count)).safetensors"
    }

    /// Whether a name is that of one of several files.
    public static func isShard(_ name: String) -> Bool {
        guard name.hasPrefix("model-"), name.hasSuffix(".safetensors") else { return false }
        let numbers = name.dropFirst("model-".count).dropLast(".safetensors".count).split(
            separator: "-of-", omittingEmptySubsequences: false)
        return numbers.count == 2 && numbers.allSatisfy { $0.count >= 5 && $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
