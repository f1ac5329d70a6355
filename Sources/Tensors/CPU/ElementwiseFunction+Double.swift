import Glibc

/// The functions in `Double`, by the C library.
extension ElementwiseFunction {
    private static let geluCube = 0.044715
    private static let quickGELUFactor = 1.702
    private static let rootOf2ByPi = (2 / Double.pi).squareRoot()

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    private static func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
    private static func normalDensity(_ x: Double) -> Double { exp(-0.5 * x * x) / (2 * Double.pi).squareRoot() }
    private static func geluTangentInside(_ x: Double) -> Double { rootOf2ByPi * (x + geluCube * x * x * x) }

    private static func gatedDerivative(_ x: Double, factor: Double) -> Double {
        let s = sigmoid(factor * x)
        return s + factor * x * s * (1 - s)
    }

    /// f(x).
    func value(_ x: Double) -> Double {
        switch self {
        case .identity: x
        case .exponential: exp(x)
        case .logarithm: log(x)
        case .squareRoot: x.squareRoot()
        case .square: x * x
        case .reciprocal: 1 / x
        case .absoluteValue: abs(x)
        case .tangent: tanh(x)
        case .sigmoid: Self.sigmoid(x)
        case .relu: x > 0 || x.isNaN ? x : 0
        case .gelu: x * Self.normalDistribution(x)
        case .geluTangent: 0.5 * x * (1 + tanh(Self.geluTangentInside(x)))
        case .quickGELU: x * Self.sigmoid(Self.quickGELUFactor * x)
        case .silu: x * Self.sigmoid(x)
        }
    }

    /// f′(x).
    func derivative(_ x: Double) -> Double {
        switch self {
        case .identity: 1
        case .exponential: exp(x)
        case .logarithm: 1 / x
        case .squareRoot: 0.5 / x.squareRoot()
        case .square: 2 * x
        case .reciprocal: -1 / (x * x)
        case .absoluteValue: x > 0 ? 1 : x < 0 ? -1 : 0
        case .tangent: 1 - tanh(x) * tanh(x)
        case .sigmoid: Self.sigmoid(x) * (1 - Self.sigmoid(x))
        case .relu: x > 0 ? 1 : 0
        case .gelu: Self.normalDistribution(x) + x * Self.normalDensity(x)
        case .geluTangent: geluTangentDerivative(x)
        case .quickGELU: Self.gatedDerivative(x, factor: Self.quickGELUFactor)
        case .silu: Self.gatedDerivative(x, factor: 1)
        }
    }

    private func geluTangentDerivative(_ x: Double) -> Double {
        let t = tanh(Self.geluTangentInside(x))
        let slope = Self.rootOf2ByPi * (1 + 3 * Self.geluCube * x * x)
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope
    }
}

extension ElementwiseOperation {
    /// a ∘ b.
    func value(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        }
    }
}
