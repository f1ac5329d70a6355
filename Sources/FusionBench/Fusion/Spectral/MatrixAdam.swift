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
    private static let epsilon: Float = 1e-8

    init(like matrix: FloatMatrix, learningRate: Double) {
        self.learningRate = learningRate
        mean = FloatMatrix(rows: matrix.rows, columns: matrix.columns)
        meanSquare = FloatMatrix(rows: matrix.rows, columns: matrix.columns)
    }

    /// Moves a matrix one step against its gradient.
    mutating func step(_ matrix: FloatMatrix, gradient: FloatMatrix) {
        meanPower *= Self.meanDecay
        squarePower *= Self.squareDecay
        let size = Float(learningRate / (1 - meanPower))
        let root = Float((1 - squarePower).squareRoot())
        let (share, squareShare) = (Float(1 - Self.meanDecay), Float(1 - Self.squareDecay))
        let squareDecay = Float(Self.squareDecay)
        let (x, g, m, v) = (matrix.pointer, gradient.pointer, mean.pointer, meanSquare.pointer)
        for index in 0..<matrix.rows * matrix.columns {
            let slope = g[index]
            let average = m[index] + share * (slope - m[index])
            let square = squareDecay * v[index] + squareShare * slope * slope
            m[index] = average
            v[index] = square
            x[index] -= size * average / (square.squareRoot() / root + Self.epsilon)
        }
    }
}
