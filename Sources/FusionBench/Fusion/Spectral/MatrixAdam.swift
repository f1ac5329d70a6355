import Tensors

/// Adam on one matrix of binary32, without weight decay, as PyTorch computes it: β = (0.9, 0.999), ε = 10⁻⁸.
///
/// Kingma, Ba: "Adam: a method for stochastic optimization" (2015, arXiv 1412.6980).
struct MatrixAdam {
    private let learningRate: Double
    private let mean: FloatMatrix
    private let meanSquare: FloatMatrix
    private var meanPower = 1.0
    private var squarePower = 1.0

    private static let meanDecay = 0.9
    private static let squareDecay = 0.999
    private static let epsilon = 1e-8

    init(like matrix: FloatMatrix, learningRate: Double) {
        self.learningRate = learningRate
        mean = FloatMatrix(rows: matrix.rows, columns: matrix.columns)
        meanSquare = FloatMatrix(rows: matrix.rows, columns: matrix.columns)
    }

    /// Moves a matrix one step against its gradient.
    mutating func step(_ matrix: FloatMatrix, gradient: FloatMatrix) {
        meanPower *= Self.meanDecay
        squarePower *= Self.squareDecay
        let factors = AdamStepFactors(
            parameterScale: 1, weightDecay: 0, meanWeight: 1 - Self.meanDecay, meanSquareWeight: 1 - Self.squareDecay,
            rootCorrection: (1 - squarePower).squareRoot(), epsilon: Self.epsilon,
            stepSize: learningRate / (1 - meanPower))
        FloatArithmetic.step(
            matrix.elements, along: UnsafeBufferPointer(gradient.elements), mean: mean.elements,
            meanSquare: meanSquare.elements, factors)
    }
}
