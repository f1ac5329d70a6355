/// The numbers of a step of stochastic gradient descent.
public struct SGDStepFactors: Sendable, Hashable {
    /// A factor of the gradient: 1 to descend, −1 to climb.
    public var direction: Double
    /// How much of the parameter is added to the gradient.
    public var weightDecay: Double
    /// What the velocity is multiplied with.
    public var momentum: Double
    /// What the gradient is multiplied with before it is added to the velocity.
    public var gradientWeight: Double
    /// Whether the velocity holds nothing yet, and begins as the gradient.
    public var begins: Bool
    /// Whether the step goes on by the velocity after it (Nesterov).
    public var looksAhead: Bool
    /// A factor of the step.
    public var learningRate: Double

    /// The numbers of a step.
    public init(
        direction: Double = 1, weightDecay: Double, momentum: Double, gradientWeight: Double, begins: Bool,
        looksAhead: Bool, learningRate: Double
    ) {
        self.direction = direction
        self.weightDecay = weightDecay
        self.momentum = momentum
        self.gradientWeight = gradientWeight
        self.begins = begins
        self.looksAhead = looksAhead
        self.learningRate = learningRate
    }
}

/// What a step of stochastic gradient descent reads and writes; all tensors have one shape.
///
/// g = direction · gradient + weightDecay · parameter; velocity = momentum · velocity + gradientWeight · g;
/// parameter −= learningRate · velocity.
public struct SGDStepArguments {
    /// What is changed.
    public let parameter: Tensor
    /// Its gradient.
    public let gradient: Tensor
    /// The velocity, which is changed, too; nil for none.
    public let velocity: Tensor?
    /// The numbers of the step.
    public let factors: SGDStepFactors
}

/// The numbers of a step of Adam.
public struct AdamStepFactors: Sendable, Hashable {
    /// A factor of the gradient: 1 to descend, −1 to climb.
    public var direction: Double
    /// What the parameter is multiplied with before all else.
    public var parameterScale: Double
    /// How much of the parameter is added to the gradient.
    public var weightDecay: Double
    /// The weight of the new gradient in the running mean, 1 − β₁.
    public var meanWeight: Double
    /// The weight of the new gradient's square in its running mean, 1 − β₂.
    public var meanSquareWeight: Double
    /// √(1 − β₂ᵗ) in step t, from 1.
    public var rootCorrection: Double
    /// Added to the divisor.
    public var epsilon: Double
    /// The learning rate divided by 1 − β₁ᵗ.
    public var stepSize: Double

    /// The numbers of a step.
    public init(
        direction: Double = 1, parameterScale: Double, weightDecay: Double, meanWeight: Double,
        meanSquareWeight: Double, rootCorrection: Double, epsilon: Double, stepSize: Double
    ) {
        self.direction = direction
        self.parameterScale = parameterScale
        self.weightDecay = weightDecay
        self.meanWeight = meanWeight
        self.meanSquareWeight = meanSquareWeight
        self.rootCorrection = rootCorrection
        self.epsilon = epsilon
        self.stepSize = stepSize
    }
}

/// What a step of Adam reads and writes; all tensors have one shape.
///
/// p = parameterScale · parameter; g = direction · gradient + weightDecay · p; mean += meanWeight · (g − mean);
/// meanSquare = (1 − meanSquareWeight) · meanSquare + meanSquareWeight · g²;
/// parameter = p − stepSize · mean / (√meanSquare / rootCorrection + epsilon).
public struct AdamStepArguments {
    /// What is changed.
    public let parameter: Tensor
    /// Its gradient.
    public let gradient: Tensor
    /// The running mean of gradients, which is changed, too.
    public let mean: Tensor
    /// The running mean of their squares, which is changed, too.
    public let meanSquare: Tensor
    /// The largest of the latter so far, which then takes its place; nil if it does not.
    public let largestMeanSquare: Tensor?
    /// The numbers of the step.
    public let factors: AdamStepFactors
}
