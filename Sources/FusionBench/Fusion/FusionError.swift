import Tensors

/// What can be wrong with a fusion.
enum FusionError: Error, Equatable {
    /// An element of an input is infinite or not a number.
    case nonFinite(tensor: String, model: String, element: Int, shape: Shape, value: Float)
    /// A merged element is too large for the type that it is written as.
    case overflow(tensor: String, element: Int, shape: Shape, dtype: DType)
    /// A method needs other models than the pool has.
    case modelCount(method: String, expected: String, found: [String])
    /// A method needs the pretrained model.
    case noPretrained(method: String)
    /// A list of a method has not one entry for each model.
    case entryCount(method: String, key: String, expected: Int, found: Int)
    /// A number of a method is out of its range.
    case outOfRange(method: String, key: String, value: Double, expected: String)
    /// A number is given for a model that the pool has not.
    case unknownModel(method: String, key: String, name: String, known: [String])
    /// The tensors of one name cannot be merged.
    case degenerate(method: String, tensor: String, reason: String)
    /// Several things are wrong.
    case several([String])
}

extension FusionError: CustomStringConvertible {
    var description: String {
        switch self {
        case .nonFinite(let tensor, let model, let element, let shape, let value):
            "The tensor '\(tensor)' of the model '\(model)' holds \(value) at \(Self.place(element, shape)); "
                + "allow_non_finite=true merges all the same"
        case .overflow(let tensor, let element, let shape, let dtype):
            "The merged tensor '\(tensor)' is too large for \(dtype.rawValue) at \(Self.place(element, shape)); "
                + "merged_model_save_kwargs={model_dtype:float32} writes a wider type"
        case .modelCount(let method, let expected, let found):
            "\(method) needs \(expected); the pool has \(found.isEmpty ? "none" : found.joined(separator: ", "))"
        case .noPretrained(let method):
            "\(method) needs the pretrained model; the pool has no model '\(ModelPool.pretrainedName)'"
        case .entryCount(let method, let key, let expected, let found):
            "\(method) needs one entry of '\(key)' for each model: \(expected), not \(found)"
        case .outOfRange(let method, let key, let value, let expected):
            "\(method) needs \(expected) as '\(key)', not \(value)"
        case .unknownModel(let method, let key, let name, let known):
            "\(method) has '\(key)' for a model '\(name)'; the pool has \(known.joined(separator: ", "))"
        case .degenerate(let method, let tensor, let reason):
            "\(method) cannot merge the tensors '\(tensor)': \(reason)"
        case .several(let texts): texts.joined(separator: "\n")
        }
    }

    /// The indices of an element: `[3, 17]`.
    private static func place(_ element: Int, _ shape: Shape) -> String {
        var rest = element
        var indices: [Int] = []
        for size in shape.dimensions.reversed() where size > 0 {
            indices.append(rest % size)
            rest /= size
        }
        return "[" + indices.reversed().map(String.init).joined(separator: ", ") + "]"
    }
}
