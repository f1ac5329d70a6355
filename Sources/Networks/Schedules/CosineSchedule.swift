import Glibc

/// Half a wave of a cosine down to a last rate: PyTorch's `CosineAnnealingLR`.
///
/// Loshchilov, Hutter: "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017, arXiv 1608.03983), without restarts.
public struct CosineSchedule: LearningRateSchedule {
    /// The number of steps down to the last rate; as many go up again behind it.
    public var stepCount: Int
    /// The last rate.
    public var minimum: Double

    /// The schedule.
    public init(stepCount: Int, minimum: Double = 0) {
        self.stepCount = stepCount
        self.minimum = minimum
    }

    /// minimum + (base − minimum) · (1 + cos(π · step / stepCount)) / 2.
    public func learningRate(at step: Int, base: Double) -> Double {
        guard stepCount > 0 else { return minimum }
        return minimum + (base - minimum) * (1 + cos(.pi * Double(step) / Double(stepCount))) / 2
    }
}

/// A straight line up, then down in the form of a cosine or of a straight line: `CosineDecayWithWarmup` and
/// `LinearWarmupScheduler` of FusionBench.
public struct WarmUpSchedule: LearningRateSchedule {
    /// The way down.
    public enum Decay: Sendable {
        case cosine
        case linear
    }

    /// The number of all steps.
    public var stepCount: Int
    /// The number of steps up.
    public var warmUpStepCount: Int
    /// The rate of the first step, if the way goes up.
    public var initial: Double
    /// The largest rate; nil for that of the optimizer.
    public var maximum: Double?
    /// The last rate.
    public var minimum: Double
    /// The way down.
    public var decay: Decay

    /// The schedule.
    public init(
        stepCount: Int, warmUpStepCount: Int, initial: Double = 0, maximum: Double? = nil, minimum: Double = 0,
        decay: Decay = .cosine
    ) {
        self.stepCount = stepCount
        self.warmUpStepCount = warmUpStepCount
        self.initial = initial
        self.maximum = maximum
        self.minimum = minimum
        self.decay = decay
    }

    /// The rate on the way up, or down.
    public func learningRate(at step: Int, base: Double) -> Double {
        let maximum = maximum ?? base
        if step < warmUpStepCount {
            return initial + (maximum - initial) * Double(step) / Double(warmUpStepCount)
        }
        guard step > warmUpStepCount, stepCount > warmUpStepCount else { return maximum }
        let share = Double(min(step, stepCount) - warmUpStepCount) / Double(stepCount - warmUpStepCount)
        switch decay {
        case .cosine: return minimum + (maximum - minimum) * (1 + cos(.pi * share)) / 2
        case .linear: return maximum + (minimum - maximum) * share
        }
    }
}
