/// Steps of optimizers.
extension CPUArithmetic {
    func step(_ arguments: SGDStepArguments) {
        Scalar.step(
            SGDStepLoop(
                parameter: write(arguments.parameter), gradient: read(arguments.gradient),
                velocity: arguments.velocity.map(write), factors: arguments.factors,
                count: arguments.parameter.elementCount))
    }

    func step(_ arguments: AdamStepArguments) {
        Scalar.step(
            AdamStepLoop(
                parameter: write(arguments.parameter), gradient: read(arguments.gradient),
                mean: write(arguments.mean), meanSquare: write(arguments.meanSquare),
                largestMeanSquare: arguments.largestMeanSquare.map(write), factors: arguments.factors,
                count: arguments.parameter.elementCount))
    }
}
