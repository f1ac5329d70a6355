public import Tensors

/// A convolution of images.
public struct Conv2d: Sendable {
    /// `[out, channels, kernel, kernel]`.
    public let weight: Tensor
    /// `[out]`.
    public let bias: Tensor?
    /// From one place of the kernel to the next.
    public let stride: Int
    /// Zeros on each side.
    public let padding: Int

    /// A layer of the parameters `weight` and `bias`.
    public init(
        _ parameters: ParameterScope, channels: Int, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
        hasBias: Bool = true
    ) {
        weight = parameters.tensor("weight", [outputs, channels, kernel, kernel])
        bias = hasBias ? parameters.tensor("bias", [outputs]) : nil
        self.stride = stride
        self.padding = padding
    }

    /// `[batch, channels, height, width]` to `[batch, out, …, …]`.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        convolution(images, weight: weight, bias: bias, stride: stride, padding: padding)
    }

    /// Images as patches, where the kernel moves on by its size: `[batch, patches, out]`.
    public func patches(_ images: Tensor) -> Tensor {
        precondition(stride == weight.size(2) && padding == 0, "Patches lie side by side")
        return patchEmbedding(images, weight: weight, bias: bias)
    }
}
