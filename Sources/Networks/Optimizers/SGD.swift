public import OrderedCollections
public import Tensors

/// Stochastic gradient descent, with momentum if wanted: PyTorch's `torch.optim.SGD`.
///
/// Nesterov's form is that of Sutskever et al.: "On the importance of initialization and momentum in deep learning" (2013),
/// as PyTorch has it.
public struct SGD: Optimizer {
    /// The learning rate that a schedule starts from.
    public var learningRate: Double
    /// What the velocity of steps is multiplied with in each of them; 0 for none.
    public var momentum: Double
    /// How much less than all of a gradient is added to the velocity.
    public var dampening: Double
    /// How much of a parameter is added to its gradient.
    public var weightDecay: Double
    /// Whether a step goes on by the velocity after it.
    public var isNesterov: Bool
    /// Whether it climbs instead of descending.
    public var maximizes: Bool
    private var stepCount = 0
    private var velocities: [String: Tensor] = [:]

    /// An optimizer that has taken no step yet.
    public init(
        learningRate: Double = 1e-3, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
        isNesterov: Bool = false, maximizes: Bool = false
    ) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.dampening = dampening
        self.weightDecay = weightDecay
        self.isNesterov = isNesterov
        self.maximizes = maximizes
    }

    /// The velocities, `momentum_buffer.…`.
    public var state: OptimizerState {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for name in velocities.keys.sorted() { tensors["\(Self.velocityName).\(name)"] = velocities[name] }
        return OptimizerState(stepCount: stepCount, tensors: tensors)
    }

    private static let velocityName = "momentum_buffer"

    /// Goes on from a state.
    public mutating func restore(
        _ state: OptimizerState, for parameters: OrderedDictionary<String, Tensor>
    ) throws(OptimizerStateError) {
        var problems: [OptimizerStateError.Problem] = state.stepCount < 0 ? [.stepCount(state.stepCount)] : []
        let found = momentum == 0 ? [:] : state.tensors(Self.velocityName, for: parameters, &problems)
        guard problems.isEmpty else { throw OptimizerStateError(problems: problems) }
        velocities = found
        stepCount = state.stepCount
    }

    /// Takes a step.
    public mutating func step(
        _ parameters: inout OrderedDictionary<String, Tensor>, _ gradients: OrderedDictionary<String, Tensor>,
        learningRate: Double
    ) {
        stepCount += 1
        for (name, gradient) in gradients {
            guard let index = parameters.index(forKey: name) else { continue }
            var velocity = momentum == 0 ? nil : velocities.removeValue(forKey: name)
            let begins = velocity == nil
            if begins, momentum != 0 { velocity = Tensor.zeros(gradient.shape, dtype: gradient.dtype) }
            let factors = SGDStepFactors(
                direction: maximizes ? -1 : 1, weightDecay: weightDecay, momentum: momentum,
                gradientWeight: 1 - dampening, begins: begins, looksAhead: isNesterov, learningRate: learningRate)
            parameters.values[index].step(along: gradient, velocity: &velocity, factors)
            velocities[name] = velocity
        }
    }
}
