/// Steps of optimizers on numbers in memory that is no tensor's.
extension FloatArithmetic {
    /// Takes a step of Adam: what `AdamStepArguments` says, without a largest mean of squares.
    ///
    /// - Parameters:
    ///   - parameter: What is changed.
    ///   - gradient: Its gradient.
    ///   - mean: The running mean of gradients, changed, too.
    ///   - meanSquare: The running mean of squares, changed, too.
    ///   - factors: The numbers of the step.
    public static func step(
        _ parameter: UnsafeMutableBufferPointer<Float>, along gradient: UnsafeBufferPointer<Float>,
        mean: UnsafeMutableBufferPointer<Float>, meanSquare: UnsafeMutableBufferPointer<Float>,
        _ factors: AdamStepFactors
    ) {
        let count = parameter.count
        precondition(
            gradient.count == count && mean.count == count && meanSquare.count == count, "Counts must be equal")
        guard let parameter = parameter.baseAddress, let gradient = gradient.baseAddress,
            let mean = mean.baseAddress, let meanSquare = meanSquare.baseAddress
        else { return }
        Float.step(
            AdamStepLoop(
                parameter: parameter, gradient: gradient, mean: mean, meanSquare: meanSquare, largestMeanSquare: nil,
                factors: factors, count: count))
    }
}
