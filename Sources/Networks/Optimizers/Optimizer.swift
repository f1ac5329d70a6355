public import OrderedCollections
public import Tensors

/// Changes parameters step by step so that a loss falls.
///
/// ```swift
/// var optimizer = Adam(learningRate: 1e-5)
/// optimizer.step(&parameters, gradients, learningRate: schedule.learningRate(at: step, base: optimizer.learningRate))
/// ```
///
/// Formulas, their order, and defaults are those of PyTorch's `torch.optim`.
public protocol Optimizer: Sendable {
    /// The learning rate that a schedule starts from.
    var learningRate: Double { get }

    /// What it remembers of the steps so far.
    var state: OptimizerState { get }

    /// Takes a step.
    ///
    /// All steps are of the same parameters. Each is changed in place if nobody else holds its memory.
    ///
    /// - Parameters:
    ///   - parameters: By name; those without a gradient stay as they are.
    ///   - gradients: By name, of the parameters' shapes and types.
    ///   - learningRate: The learning rate of this step.
    mutating func step(
        _ parameters: inout OrderedDictionary<String, Tensor>, _ gradients: OrderedDictionary<String, Tensor>,
        learningRate: Double)

    /// Goes on where another optimizer of the same kind has stopped.
    ///
    /// - Parameters:
    ///   - state: What the other one remembered.
    ///   - parameters: What will be optimized.
    /// - Throws: `OptimizerStateError` with all that is missing or does not fit; nothing is changed then.
    mutating func restore(
        _ state: OptimizerState, for parameters: OrderedDictionary<String, Tensor>
    ) throws(OptimizerStateError)
}

extension Optimizer {
    /// Takes a step with the learning rate of the optimizer.
    public mutating func step(
        _ parameters: inout OrderedDictionary<String, Tensor>, _ gradients: OrderedDictionary<String, Tensor>
    ) {
        step(&parameters, gradients, learningRate: learningRate)
    }
}

/// What an optimizer remembers, in a form that can be kept in a file.
public struct OptimizerState: Sendable {
    /// The number of steps so far.
    public var stepCount: Int
    /// A tensor of each kind for each parameter, such as `exp_avg.layer.weight`: PyTorch's name of the kind, then the
    /// parameter's.
    public var tensors: OrderedDictionary<String, Tensor>

    /// A state.
    public init(stepCount: Int = 0, tensors: OrderedDictionary<String, Tensor> = [:]) {
        self.stepCount = stepCount
        self.tensors = tensors
    }

    /// The tensors of one kind by the parameters' names; empty if there were no steps yet.
    func tensors(
        _ kind: String, for parameters: OrderedDictionary<String, Tensor>,
        _ problems: inout [OptimizerStateError.Problem]
    ) -> [String: Tensor] {
        guard stepCount > 0 else { return [:] }
        var found: [String: Tensor] = [:]
        for (name, parameter) in parameters {
            let key = "\(kind).\(name)"
            guard let tensor = tensors[key] else {
                problems.append(.missing(name: key))
                continue
            }
            if tensor.shape != parameter.shape || tensor.dtype != parameter.dtype {
                problems.append(
                    .different(
                        name: key, found: tensor.dtype, tensor.shape, expected: parameter.dtype, parameter.shape))
            }
            found[name] = tensor
        }
        return found
    }
}

/// Why an optimizer cannot go on from a state: all problems at once.
public struct OptimizerStateError: Error, Equatable, Sendable {
    /// One thing that does not fit.
    public enum Problem: Equatable, Sendable {
        /// There is no such tensor.
        case missing(name: String)
        /// It has another type or shape than the parameter.
        case different(name: String, found: DType, Shape, expected: DType, Shape)
        /// The number of steps is negative.
        case stepCount(Int)
    }

    /// In the order of the parameters.
    public let problems: [Problem]

    /// An error of several problems.
    public init(problems: [Problem]) { self.problems = problems }
}

extension OptimizerStateError: CustomStringConvertible {
    /// One line for each problem.
    public var description: String {
        let lines = problems.map { problem in
            switch problem {
            case .missing(let name): "  \(name) is missing"
            case .different(let name, let dtype, let shape, let expectedType, let expectedShape):
                "  \(name) is \(dtype.rawValue) \(shape) instead of \(expectedType.rawValue) \(expectedShape)"
            case .stepCount(let count): "  \(count) is no number of steps"
            }
        }
        return (["The state does not fit the optimizer:"] + lines).joined(separator: "\n")
    }
}
