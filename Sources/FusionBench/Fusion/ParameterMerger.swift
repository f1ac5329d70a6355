public import Tensors

/// A method's computation on one parameter: from the values of all models to the merged values.
///
/// A pure function: it reads no files and knows no ranks. What it needs to know of a whole tensor or of the whole model, a
/// pass over the inputs has gathered before it is made.
public protocol ParameterMerger: Sendable {
    /// How finely parameters may be cut.
    var granularity: Granularity { get }

    /// Computes the merged values of a stretch.
    ///
    /// May be called from several threads at once.
    ///
    /// - Parameters:
    ///   - stretch: The values of all models.
    ///   - merged: Room for the merged values, which is undefined before.
    /// - Throws: An error that names what cannot be merged.
    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) throws

    /// The floating-point operations that a whole parameter takes, where they are many more than its elements.
    ///
    /// Parameters are spread over ranks by them, those with the most first.
    func operationCount(of input: MergeInput) -> Double
}

extension ParameterMerger {
    /// Nothing to speak of, beside reading.
    public func operationCount(of input: MergeInput) -> Double { 0 }
}

/// How finely a computation lets parameters be cut.
public enum Granularity: Sendable {
    /// Anywhere: each element is computed by itself.
    case elements
    /// Between rows, that is along all dimensions but the last.
    case rows
    /// Between slices along the first dimension of several; a vector not at all.
    case slices
    /// Not at all.
    case tensors
}

/// A stretch of one parameter, with the values of all models in binary32.
///
/// The buffers hold until the call that got the stretch returns.
public struct Stretch {
    /// The number of the parameter among those of the pass.
    public let parameter: Int
    /// The parameter's name.
    public let name: String
    /// The parameter's shape as a whole.
    public let shape: Shape
    /// Which elements these are, in row-major order.
    public let range: Range<Int>
    /// The pretrained model's values, if the pass reads them.
    public let pretrained: UnsafeBufferPointer<Float>?
    /// The other models' values, in the order of the pool.
    public let models: [UnsafeBufferPointer<Float>]
    /// Memory for intermediate values.
    let scratch: ScratchMemory

    /// The number of elements.
    public var count: Int { range.count }

    /// Memory for intermediate values, undefined before, one buffer for each slot.
    public func buffer(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
        scratch.floats(.intermediate(slot), count: count)
    }
}
