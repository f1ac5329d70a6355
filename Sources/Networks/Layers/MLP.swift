public import Tensors

/// Two linear layers with an activation between them.
public struct MLP: Sendable {
    /// To the hidden width.
    public let up: Linear
    /// Back.
    public let down: Linear
    /// Between the two.
    public let activation: ElementwiseFunction

    /// A layer of the parameters `fc1` and `fc2`.
    public init(_ parameters: ParameterScope, width: Int, hiddenWidth: Int, activation: ElementwiseFunction) {
        up = Linear(parameters["fc1"], inputs: width, outputs: hiddenWidth)
        down = Linear(parameters["fc2"], inputs: hiddenWidth, outputs: width)
        self.activation = activation
    }

    /// The hidden activations, `[…, hiddenWidth]`.
    public func hidden(_ x: Tensor) -> Tensor { up(x, activation: activation) }

    /// `[…, width]` to the same shape.
    public func callAsFunction(_ x: Tensor) -> Tensor { down(hidden(x)) }
}
