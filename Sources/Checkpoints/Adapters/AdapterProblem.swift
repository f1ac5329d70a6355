import Diagnostics
public import RegularExpressions
public import Tensors

/// What can be wrong with an adapter, or with the base that it is to be added to.
public enum AdapterProblem: Error, Sendable, Hashable {
    /// A setting of its configuration is missing or not of the kind that it should be.
    case wrongSetting(String, expected: String)
    /// A setting asks for something that cannot be merged here.
    case unsupportedSetting(String, value: String, reason: String)
    /// A pattern of names is no regular expression.
    case invalidPattern(RegularExpressionProblem)
    /// A tensor is none that LoRA adapters have.
    case unknownTensor(String)
    /// A tensor has no place in the base.
    case missingBase(tensor: String, base: String)
    /// Of the two factors for a module, one is missing.
    case missingFactor(module: String)
    /// Two tensors are for the same place.
    case repeatedTensor(String)
    /// The factors do not make a matrix of the base's shape.
    case mismatchedShapes(module: String, base: Shape, factorA: Shape, factorB: Shape)
    /// The factors have another rank than the configuration says.
    case wrongRank(module: String, expected: Int, factorA: Shape, factorB: Shape)
    /// A tensor is to replace one of another shape.
    case wrongShape(tensor: String, base: Shape, found: Shape)
    /// A tensor has elements that are no floating-point numbers to compute with.
    case unsupportedType(tensor: String, DType)
}

extension AdapterProblem: CustomStringConvertible {
    /// What is wrong, as a clause.
    public var description: String {
        switch self {
        case .wrongSetting(let key, let expected): "'\(key)' should be \(expected)"
        case .unsupportedSetting(let key, let value, let reason):
            "'\(key)' is \(value.excerpt()), which cannot be merged: \(reason)"
        case .invalidPattern(let problem): "\(problem)"
        case .unknownTensor(let name): "\(name.quoted()) is no tensor of a LoRA adapter"
        case .missingBase(let tensor, let base):
            "\(tensor.quoted()) has no place: the base has no \(base.quoted())"
        case .missingFactor(let module): "one of the two factors for \(module.quoted()) is missing"
        case .repeatedTensor(let name): "\(name.quoted()) is for the same place as another tensor"
        case .mismatchedShapes(let module, let base, let factorA, let factorB):
            "the factors \(factorA) and \(factorB) for \(module.quoted()) do not make a weight of shape \(base)"
        case .wrongRank(let module, let expected, let factorA, let factorB):
            "the factors \(factorA) and \(factorB) for \(module.quoted()) do not have the rank \(expected)"
        case .wrongShape(let tensor, let base, let found):
            "\(tensor.quoted()) has the shape \(found), and the base has \(base)"
        case .unsupportedType(let tensor, let dtype):
            "\(tensor.quoted()) has elements of type \(dtype.rawValue), not floating-point numbers to compute with"
        }
    }
}
