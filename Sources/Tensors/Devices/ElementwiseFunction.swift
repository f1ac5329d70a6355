/// Functions of one number, which tensors apply to each element.
public enum ElementwiseFunction: CaseIterable, Sendable, Hashable {
    /// x.
    case identity
    /// eˣ.
    case exponential
    /// The natural logarithm.
    case logarithm
    /// √x.
    case squareRoot
    /// x².
    case square
    /// 1 / x.
    case reciprocal
    /// |x|; its derivative at 0 is 0.
    case absoluteValue
    /// tanh x.
    case tangent
    /// 1 / (1 + e⁻ˣ).
    case sigmoid
    /// max(x, 0); its derivative at 0 is 0.
    case relu
    /// x · Φ(x), with the distribution function of the standard normal distribution.
    ///
    /// D. Hendrycks, K. Gimpel: *Gaussian error linear units*, 2016.
    case gelu
    /// ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))), the approximation of `gelu` that GPT-2 uses.
    case geluTangent
    /// x / (1 + e⁻¹·⁷⁰²ˣ), the approximation of `gelu` that CLIP uses.
    case quickGELU
    /// x / (1 + e⁻ˣ), also called swish.
    case silu
}

/// Operations of two numbers, which tensors apply to each pair of elements.
public enum ElementwiseOperation: CaseIterable, Sendable, Hashable {
    /// a + b.
    case add
    /// a − b.
    case subtract
    /// a · b.
    case multiply
    /// a / b.
    case divide
}
