import Diagnostics
public import OrderedCollections
public import Tensors

/// The tensors that a network is made of, by name.
///
/// Networks are values that hold tensors. Making one is cheap, so that a *functional call*, a run with other parameters, is
/// to make the network of those and to run it; if they are traced, gradients flow to what made them.
///
/// ```swift
/// let tower = try Parameters(stateDict).makeNetwork { VisionTower($0, configuration) }
/// ```
public struct Parameters: Sendable {
    /// By name, in the order of the state dict.
    public let tensors: OrderedDictionary<String, Tensor>

    /// What is added to linear layers, by the names of the layers.
    public let adapters: OrderedDictionary<String, any LinearAdapter>

    /// Parameters of a state dict.
    ///
    /// - Parameters:
    ///   - tensors: By name.
    ///   - adapters: What is added to linear layers, by the names of the layers.
    public init(
        _ tensors: OrderedDictionary<String, Tensor>, adapters: OrderedDictionary<String, any LinearAdapter> = [:]
    ) {
        self.tensors = tensors
        self.adapters = adapters
    }

    /// What to do with parameters that a network does not ask for.
    public enum Unexpected: Sendable {
        /// They are errors.
        case areErrors
        /// They are passed over.
        case areIgnored
    }

    /// The names and shapes of the parameters that a network asks for, in its order.
    ///
    /// - Parameter make: Asks the scope for parameters; gets zeros.
    /// - Returns: The shapes by name.
    public static func shapes<Network>(_ make: (ParameterScope) -> Network) -> OrderedDictionary<String, Shape> {
        let reader = ParameterReader([:], [:], dtype: .float32)
        _ = make(ParameterScope(reader: reader, prefix: ""))
        var shapes: OrderedDictionary<String, Shape> = [:]
        for case .missing(let name, let shape, _) in reader.problems { shapes[name] = shape }
        return shapes
    }

    /// Makes a network.
    ///
    /// - Parameters:
    ///   - dtype: The type that the network computes in; parameters of other types are converted.
    ///   - unexpected: What to do with parameters that nobody asks for.
    ///   - make: Asks the scope for parameters; gets zeros where one is missing.
    /// - Returns: What `make` has made.
    /// - Throws: `ParameterError` that lists all that is missing, unexpected or of a wrong shape.
    public func makeNetwork<Network>(
        dtype: DType = .float32, unexpected: Unexpected = .areErrors, _ make: (ParameterScope) -> Network
    ) throws(ParameterError) -> Network {
        let reader = ParameterReader(tensors, adapters, dtype: dtype)
        let network = make(ParameterScope(reader: reader, prefix: ""))
        let problems = reader.problems + (unexpected == .areErrors ? reader.unexpected : [])
        guard problems.isEmpty else { throw ParameterError(problems: problems) }
        return network
    }
}

/// A part of the names: those with a prefix.
public struct ParameterScope {
    let reader: ParameterReader
    let prefix: String

    /// The names below a component: `scope["layers"][3]["self_attn"]`.
    public subscript(component: String) -> ParameterScope {
        ParameterScope(reader: reader, prefix: prefix + component + ".")
    }

    /// The names below a number.
    public subscript(number: Int) -> ParameterScope { self[String(number)] }

    /// A parameter; zeros if it is missing or has another shape, which is noted.
    public func tensor(_ name: String, _ shape: Shape) -> Tensor { reader.tensor(prefix + name, shape) }

    /// What is added to the layer of this name; nil for nothing.
    ///
    /// - Parameters:
    ///   - inputs: What the layer takes.
    ///   - outputs: What it gives.
    /// - Returns: The adapter, if it fits; what does not is noted.
    func adapter(inputs: Int, outputs: Int) -> (any LinearAdapter)? {
        reader.adapter(String(prefix.dropLast()), inputs: inputs, outputs: outputs)
    }

    /// A parameter that need not be there.
    public func optionalTensor(_ name: String, _ shape: Shape) -> Tensor? {
        reader.contains(prefix + name) ? tensor(name, shape) : nil
    }
}

/// Hands out parameters, and notes what does not fit.
final class ParameterReader {
    private let tensors: OrderedDictionary<String, Tensor>
    private let adapters: OrderedDictionary<String, any LinearAdapter>
    private let dtype: DType
    private var asked: Set<String> = []
    private(set) var problems: [ParameterError.Problem] = []

    init(
        _ tensors: OrderedDictionary<String, Tensor>, _ adapters: OrderedDictionary<String, any LinearAdapter>,
        dtype: DType
    ) {
        self.tensors = tensors
        self.adapters = adapters
        self.dtype = dtype
    }

    var unexpected: [ParameterError.Problem] {
        (Array(tensors.keys) + Array(adapters.keys)).filter { !asked.contains($0) }.map { .unexpected(name: $0) }
    }

    func adapter(_ name: String, inputs: Int, outputs: Int) -> (any LinearAdapter)? {
        guard let adapter = adapters[name] else { return nil }
        asked.insert(name)
        let misfits = adapter.misfits(inputs: inputs, outputs: outputs)
        problems += misfits.map { .wrongShape(name: "\(name).\($0.name)", found: $0.found, expected: $0.expected) }
        return misfits.isEmpty ? adapter : nil
    }

    func contains(_ name: String) -> Bool { tensors[name] != nil }

    func tensor(_ name: String, _ shape: Shape) -> Tensor {
        asked.insert(name)
        guard let tensor = tensors[name] else {
            let nearest = NearestNames.of(name, among: tensors.keys)
            return replacement(shape, for: .missing(name: name, shape: shape, nearest: nearest))
        }
        guard tensor.shape == shape else {
            return replacement(shape, for: .wrongShape(name: name, found: tensor.shape, expected: shape))
        }
        guard let converted = try? tensor.converted(to: dtype) else {
            return replacement(shape, for: .notNumbers(name: name, dtype: tensor.dtype))
        }
        return converted
    }

    private func replacement(_ shape: Shape, for problem: ParameterError.Problem) -> Tensor {
        problems.append(problem)
        return Tensor.zeros(shape, dtype: dtype)
    }
}
