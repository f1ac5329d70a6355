public import OrderedCollections
public import Tensors

/// Adam and AdamW: PyTorch's `torch.optim.Adam` and `torch.optim.AdamW`.
///
/// Kingma, Ba: "Adam: A Method for Stochastic Optimization" (2015, arXiv 1412.6980). Loshchilov, Hutter: "Decoupled Weight
/// Decay Regularization" (2019, arXiv 1711.05101). Reddi et al.: "On the Convergence of Adam and Beyond" (2018), for the
/// largest mean square.
public struct Adam: Optimizer {
    /// How weights decay.
    public enum WeightDecay: Sendable, Hashable {
        /// A part of the parameter is added to its gradient, and goes through the means: Adam.
        case inGradient(Double)
        /// The parameter shrinks by a part of it, times the learning rate, before the step: AdamW.
        case decoupled(Double)
    }

    /// The learning rate that a schedule starts from.
    public var learningRate: Double
    /// What the running means of gradients, and of their squares, keep in each step.
    public var betas: (mean: Double, meanSquare: Double)
    /// Added to the divisor.
    public var epsilon: Double
    /// How weights decay.
    public var weightDecay: WeightDecay
    /// Whether the largest mean square so far takes the place of the present one.
    public var usesLargestMeanSquare: Bool
    /// Whether it climbs instead of descending.
    public var maximizes: Bool
    private var stepCount = 0
    private var moments: [String: Moments] = [:]

    private struct Moments {
        var mean: Tensor
        var meanSquare: Tensor
        var largestMeanSquare: Tensor?
    }

    /// An optimizer that has taken no step yet.
    public init(
        learningRate: Double = 1e-3, betas: (mean: Double, meanSquare: Double) = (0.9, 0.999), epsilon: Double = 1e-8,
        weightDecay: WeightDecay = .inGradient(0), usesLargestMeanSquare: Bool = false, maximizes: Bool = false
    ) {
        self.learningRate = learningRate
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.usesLargestMeanSquare = usesLargestMeanSquare
        self.maximizes = maximizes
    }

    private static let meanName = "exp_avg"
    private static let meanSquareName = "exp_avg_sq"
    private static let largestMeanSquareName = "max_exp_avg_sq"

    /// The means: `exp_avg.…`, `exp_avg_sq.…` and, if it has a say, `max_exp_avg_sq.…`.
    public var state: OptimizerState {
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for name in moments.keys.sorted() {
            tensors["\(Self.meanName).\(name)"] = moments[name]?.mean
            tensors["\(Self.meanSquareName).\(name)"] = moments[name]?.meanSquare
            tensors["\(Self.largestMeanSquareName).\(name)"] = moments[name]?.largestMeanSquare
        }
        return OptimizerState(stepCount: stepCount, tensors: tensors)
    }

    /// Goes on from a state.
    public mutating func restore(
        _ state: OptimizerState, for parameters: OrderedDictionary<String, Tensor>
    ) throws(OptimizerStateError) {
        var problems: [OptimizerStateError.Problem] = state.stepCount < 0 ? [.stepCount(state.stepCount)] : []
        let means = state.tensors(Self.meanName, for: parameters, &problems)
        let meanSquares = state.tensors(Self.meanSquareName, for: parameters, &problems)
        let largest =
            usesLargestMeanSquare ? state.tensors(Self.largestMeanSquareName, for: parameters, &problems) : [:]
        guard problems.isEmpty else { throw OptimizerStateError(problems: problems) }
        stepCount = state.stepCount
        moments = [:]
        for (name, mean) in means {
            guard let meanSquare = meanSquares[name] else { continue }
            moments[name] = Moments(mean: mean, meanSquare: meanSquare, largestMeanSquare: largest[name])
        }
    }

    /// Takes a step.
    public mutating func step(
        _ parameters: inout OrderedDictionary<String, Tensor>, _ gradients: OrderedDictionary<String, Tensor>,
        learningRate: Double
    ) {
        stepCount += 1
        let factors = factors(learningRate: learningRate)
        for (name, gradient) in gradients {
            guard let index = parameters.index(forKey: name) else { continue }
            var moments = moments.removeValue(forKey: name) ?? firstMoments(like: gradient)
            parameters.values[index].step(
                along: gradient, mean: &moments.mean, meanSquare: &moments.meanSquare,
                largestMeanSquare: &moments.largestMeanSquare, factors)
            self.moments[name] = moments
        }
    }

    private func firstMoments(like gradient: Tensor) -> Moments {
        func zeros() -> Tensor { Tensor.zeros(gradient.shape, dtype: gradient.dtype) }
        return Moments(
            mean: zeros(), meanSquare: zeros(), largestMeanSquare: usesLargestMeanSquare ? zeros() : nil)
    }

    private func factors(learningRate: Double) -> AdamStepFactors {
        var factors = AdamStepFactors(
            direction: maximizes ? -1 : 1, parameterScale: 1, weightDecay: 0, meanWeight: 1 - betas.mean,
            meanSquareWeight: 1 - betas.meanSquare,
            rootCorrection: (1 - Self.power(betas.meanSquare, stepCount)).squareRoot(), epsilon: epsilon,
            stepSize: learningRate / (1 - Self.power(betas.mean, stepCount)))
        switch weightDecay {
        case .inGradient(let decay): factors.weightDecay = decay
        case .decoupled(let decay): factors.parameterScale = 1 - learningRate * decay
        }
        return factors
    }

    /// A power by repeated squaring: the same bits with every C library.
    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
