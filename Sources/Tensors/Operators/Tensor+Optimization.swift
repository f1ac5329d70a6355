/// Steps of optimizers, which change parameters in place, in one pass over memory.
///
/// Nothing is recorded for them. The parameter is not traced afterwards.
extension Tensor {
    /// Takes a step of stochastic gradient descent.
    ///
    /// - Parameters:
    ///   - gradient: Of the same shape.
    ///   - velocity: Of the same shape, changed, too; nil for none.
    ///   - factors: The numbers of the step.
    public mutating func step(along gradient: Tensor, velocity: inout Tensor?, _ factors: SGDStepFactors) {
        prepare(for: gradient)
        velocity?.prepare(for: gradient)
        arithmetic.step(
            SGDStepArguments(parameter: self, gradient: gradient, velocity: velocity, factors: factors))
    }

    /// Takes a step of Adam.
    ///
    /// - Parameters:
    ///   - gradient: Of the same shape.
    ///   - mean: The running mean of gradients, of the same shape, changed, too.
    ///   - meanSquare: The running mean of squares, of the same shape, changed, too.
    ///   - largestMeanSquare: The largest mean of squares so far, of the same shape, changed, too; nil if it has no say.
    ///   - factors: The numbers of the step.
    public mutating func step(
        along gradient: Tensor, mean: inout Tensor, meanSquare: inout Tensor, largestMeanSquare: inout Tensor?,
        _ factors: AdamStepFactors
    ) {
        prepare(for: gradient)
        mean.prepare(for: gradient)
        meanSquare.prepare(for: gradient)
        largestMeanSquare?.prepare(for: gradient)
        arithmetic.step(
            AdamStepArguments(
                parameter: self, gradient: gradient, mean: mean, meanSquare: meanSquare,
                largestMeanSquare: largestMeanSquare, factors: factors))
    }

    private mutating func prepare(for gradient: Tensor) {
        precondition(
            shape == gradient.shape && dtype == gradient.dtype, "A gradient has shape and type of what it belongs to")
        makeWritable()
        self = detached
    }
}

/// Sums and multiples in place, of which nothing is recorded.
extension Tensor {
    /// Multiplies all elements with a factor.
    public mutating func scale(by factor: Double) {
        makeWritable()
        self = detached
        arithmetic.scale(self, by: factor, into: self)
    }

    /// Adds a multiple of a tensor of the same shape and type.
    public mutating func add(_ other: Tensor, weight: Double = 1) {
        precondition(shape == other.shape && dtype == other.dtype, "What is added has the same shape and type")
        makeWritable()
        self = detached
        arithmetic.accumulate(other, weight: weight, into: self)
    }
}
