/// A type of numbers that the processor computes networks in.
///
/// The loops of `Float` are those of CKernels; `Double`, which gradients are checked in, has the same in plain Swift.
/// Their meaning is written down with the former.
protocol LoopScalar: TensorElement, BinaryFloatingPoint {
    typealias Input = UnsafePointer<Self>
    typealias Output = UnsafeMutablePointer<Self>

    static func apply(_ function: ElementwiseFunction, _ x: Input, _ result: Output, _ count: Int)
    static func applyGradient(
        _ function: ElementwiseFunction, _ x: Input, _ gradient: Input, _ result: Output, _ count: Int)
    static func combine(
        _ operation: ElementwiseOperation, _ a: Input, _ aStep: Int, _ b: Input, _ bStep: Int, _ result: Output,
        _ count: Int)
    /// sum[i] = sum[i] + weight · x[i]
    static func accumulate(_ x: Input, _ weight: Self, _ sum: Output, _ count: Int)
    /// result[i] = weight · x[i]
    static func scale(_ x: Input, _ weight: Self, _ result: Output, _ count: Int)
    /// Σ x[i]
    static func sum(_ x: Input, _ count: Int) -> Self
    static func sumColumns(_ x: Input, _ sums: Output, _ rows: Int, _ columns: Int)
    static func addBiasAndApply(
        _ function: ElementwiseFunction, _ x: Input, rowStride: Int, _ bias: Input, _ before: Output?,
        _ result: Output, _ rows: Int, _ columns: Int)
    static func applyGradientAndSum(
        _ function: ElementwiseFunction, _ x: Input, _ gradient: Input, _ result: Output, _ sums: Output, _ rows: Int,
        _ columns: Int)
    static func normalizeLayer(_ loop: LayerNormLoop<Self>)
    static func normalizeLayerGradient(_ loop: LayerNormGradientLoop<Self>)
    static func softmax(_ loop: SoftmaxLoop<Self>)
    static func softmaxGradient(
        _ y: Input, _ gradient: Input, _ scale: Self, _ result: Output, _ rows: Int, _ columns: Int)
    static func logSoftmax(_ x: Input, _ result: Output, _ rows: Int, _ columns: Int)
    static func logSoftmaxGradient(_ y: Input, _ gradient: Input, _ result: Output, _ rows: Int, _ columns: Int)
    static func step(_ loop: SGDStepLoop<Self>)
    static func step(_ loop: AdamStepLoop<Self>)
    /// result = scale · left · right + keep · result
    static func multiply(
        _ left: MatrixView<Self>, _ right: MatrixView<Self>, _ result: Output, rowStride: Int, scale: Self, keep: Self)
}

struct LayerNormLoop<Scalar: LoopScalar> {
    let x: UnsafePointer<Scalar>
    let update: UnsafePointer<Scalar>?
    let updateBias: UnsafePointer<Scalar>?
    let sum: UnsafeMutablePointer<Scalar>?
    let weight: UnsafePointer<Scalar>
    let bias: UnsafePointer<Scalar>
    let epsilon: Scalar
    let result: UnsafeMutablePointer<Scalar>
    let mean: UnsafeMutablePointer<Scalar>?
    let inverseDeviation: UnsafeMutablePointer<Scalar>?
    let rows: Int
    let columns: Int
}

struct LayerNormGradientLoop<Scalar: LoopScalar> {
    let x: UnsafePointer<Scalar>
    let mean: UnsafePointer<Scalar>
    let inverseDeviation: UnsafePointer<Scalar>
    let weight: UnsafePointer<Scalar>
    let gradient: UnsafePointer<Scalar>
    let result: UnsafeMutablePointer<Scalar>?
    let accumulates: Bool
    let weightGradient: UnsafeMutablePointer<Scalar>?
    let biasGradient: UnsafeMutablePointer<Scalar>?
    let rows: Int
    let columns: Int
}

struct SoftmaxLoop<Scalar: LoopScalar> {
    let x: UnsafePointer<Scalar>
    let scale: Scalar
    /// Row r sees the first `visible + r · visibleStep` numbers.
    let visible: Int
    let visibleStep: Int
    let mask: UnsafePointer<UInt8>?
    let result: UnsafeMutablePointer<Scalar>
    let rows: Int
    let columns: Int
}

struct SGDStepLoop<Scalar: LoopScalar> {
    let parameter: UnsafeMutablePointer<Scalar>
    let gradient: UnsafePointer<Scalar>
    let velocity: UnsafeMutablePointer<Scalar>?
    let factors: SGDStepFactors
    let count: Int
}

struct AdamStepLoop<Scalar: LoopScalar> {
    let parameter: UnsafeMutablePointer<Scalar>
    let gradient: UnsafePointer<Scalar>
    let mean: UnsafeMutablePointer<Scalar>
    let meanSquare: UnsafeMutablePointer<Scalar>
    let largestMeanSquare: UnsafeMutablePointer<Scalar>?
    let factors: AdamStepFactors
    let count: Int
}
