/// How the learning rate goes from step to step.
///
/// A schedule is a function of the number of the step alone, so that a run that is resumed needs nothing but that number.
public protocol LearningRateSchedule: Sendable {
    /// The learning rate of a step.
    ///
    /// - Parameters:
    ///   - step: The number of the step, from 0.
    ///   - base: The learning rate of the optimizer.
    /// - Returns: The learning rate.
    func learningRate(at step: Int, base: Double) -> Double
}

/// The optimizer's learning rate in all steps.
public struct ConstantSchedule: LearningRateSchedule {
    /// The schedule.
    public init() {}

    /// The optimizer's learning rate.
    public func learningRate(at step: Int, base: Double) -> Double { base }
}

/// A factor for the first steps: PyTorch's `ConstantLR`.
public struct ConstantFactorSchedule: LearningRateSchedule {
    /// The factor of the optimizer's learning rate.
    public var factor: Double
    /// The number of steps that it is for.
    public var stepCount: Int

    /// The schedule.
    public init(factor: Double = 1.0 / 3, stepCount: Int = 5) {
        self.factor = factor
        self.stepCount = stepCount
    }

    /// factor · base in the first steps, then base.
    public func learningRate(at step: Int, base: Double) -> Double { step < stepCount ? base * factor : base }
}

/// From one factor to another in a straight line: PyTorch's `LinearLR`.
public struct LinearSchedule: LearningRateSchedule {
    /// The factor of the first step.
    public var startFactor: Double
    /// The factor of the last step, and of all behind it.
    public var endFactor: Double
    /// The number of the step that has the last factor.
    public var stepCount: Int

    /// The schedule.
    public init(startFactor: Double = 1.0 / 3, endFactor: Double = 1, stepCount: Int = 5) {
        self.startFactor = startFactor
        self.endFactor = endFactor
        self.stepCount = stepCount
    }

    /// A factor between the two, times the optimizer's learning rate.
    public func learningRate(at step: Int, base: Double) -> Double {
        let share = stepCount == 0 ? 1 : Double(min(step, stepCount)) / Double(stepCount)
        return base * (startFactor + (endFactor - startFactor) * share)
    }
}

/// Multiplied with a factor every few steps: PyTorch's `StepLR`, and `ExponentialLR` with every step.
public struct StepSchedule: LearningRateSchedule {
    /// The number of steps between one change and the next.
    public var interval: Int
    /// What the learning rate is multiplied with.
    public var factor: Double

    /// The schedule.
    public init(interval: Int, factor: Double = 0.1) {
        precondition(interval > 0, "There is a step at least between two changes")
        self.interval = interval
        self.factor = factor
    }

    /// base · factorⁿ after n intervals.
    public func learningRate(at step: Int, base: Double) -> Double {
        (0..<step / interval).reduce(base) { rate, _ in rate * factor }
    }
}
