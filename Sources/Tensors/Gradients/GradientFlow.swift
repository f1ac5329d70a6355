/// What goes through one recorded computation when gradients are computed.
public struct GradientFlow {
    /// The gradient of the result, of its shape.
    public private(set) var gradient: Tensor
    private let inputs: [Int?]
    private let wanted: [Bool]
    /// What is known so far of the gradients of entries, by number.
    private var partial: [Int: Tensor]

    init(gradient: Tensor, inputs: [Int?], wanted: [Bool], partial: consuming [Int: Tensor]) {
        self.gradient = gradient
        self.inputs = inputs
        self.wanted = wanted
        self.partial = partial
    }

    /// Whether the gradient of an input leads to what was asked for.
    ///
    /// If not, it need not be computed.
    public func wants(_ input: Int) -> Bool { wanted[input] }

    /// Whether the gradient of one of some inputs leads to what was asked for.
    public func wantsAny(of inputs: Range<Int>) -> Bool { wanted[inputs].contains(true) }

    /// Adds a gradient to an input; nothing happens if nobody wants it.
    ///
    /// - Parameters:
    ///   - gradient: Of the input's shape.
    ///   - input: The number of the input.
    public mutating func add(_ gradient: Tensor, to input: Int) {
        guard wanted[input], let place = inputs[input] else { return }
        // It must not be in the dictionary while it is added to, or it would be copied.
        guard var sum = partial.removeValue(forKey: place) else {
            partial[place] = gradient.detached
            return
        }
        precondition(sum.shape == gradient.shape, "A gradient has the shape of what it belongs to")
        sum.makeWritable()
        sum.arithmetic.accumulate(gradient, weight: 1, into: sum)
        partial[place] = sum
    }

    /// Takes what other computations have contributed to an input's gradient, to add to it and give it back by `add`.
    ///
    /// - Parameter input: The number of the input.
    /// - Returns: Nil if there is nothing yet.
    public mutating func takePartialGradient(of input: Int) -> Tensor? {
        guard let place = inputs[input] else { return nil }
        return partial.removeValue(forKey: place)
    }

    /// What is known of an input's gradient, or zeros, in memory that may be written to; it is given back by `add`.
    mutating func gradientToAddTo(_ input: Int, shape: Shape? = nil, like tensor: Tensor) -> Tensor {
        guard wanted[input], var partial = takePartialGradient(of: input) else {
            return Tensor(filledWith: 0, shape: shape ?? tensor.shape, like: tensor)
        }
        partial.makeWritable()
        return partial
    }

    mutating func takePartialGradients() -> [Int: Tensor] {
        defer { partial = [:] }
        return partial
    }
}
