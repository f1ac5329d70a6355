import Tensors

/// How well images and captions find each other, by the classes that they belong to.
///
/// As in CLIP, a softmax over captions says which one an image belongs to, and a softmax over images which one a caption
/// belongs to. A step has one caption for each class in it, so several images may belong to a caption: the target of its
/// softmax is then spread over them evenly. With one image for each class this is CLIP's loss. Yang et al.: "Unified
/// Contrastive Learning in Image-Text-Label Space" (CVPR 2022, arXiv 2204.03610).
struct ContrastiveLoss {
    /// The loss, and its gradients of what it is made of.
    struct Value {
        var loss: Double
        /// Of the logarithm of the scale.
        var scaleGradient: Double
        /// `[images, projection]`.
        var imageGradient: Tensor
        /// `[captions, projection]`.
        var captionGradient: Tensor
    }

    /// For each image, the number of its caption.
    let labels: [Int]

    /// - Parameters:
    ///   - images: Unit vectors `[images, projection]`.
    ///   - captions: Unit vectors `[captions, projection]`, each of which has an image at least.
    ///   - logitScale: The logarithm of what similarities are multiplied with.
    /// - Returns: The mean of the cross-entropies of images and of captions, with its gradients.
    /// - Throws: `TensorError.index` if a label is no caption.
    func callAsFunction(_ images: Tensor, _ captions: Tensor, logitScale: Tensor) throws(TensorError) -> Value {
        let tape = GradientTape()
        let inputs = [images, captions, logitScale].map { tape.watch($0) }
        let logits = linear(inputs[0], weight: inputs[1]) * inputs[2].applying(.exponential)
        let ofImages = try crossEntropy(logits, Tensor(labels))
        let ofCaptions = (logits.transposed().logSoftmax() * targets(captionCount: captions.size(0))).sum()
        let loss = (ofImages - ofCaptions) * 0.5
        let gradients = tape.gradients(of: loss, to: inputs)
        return Value(
            loss: loss.number, scaleGradient: gradients[2].number, imageGradient: gradients[0],
            captionGradient: gradients[1])
    }

    /// The share of each caption that each image has, divided by the number of captions: `[captions, images]`.
    private func targets(captionCount: Int) -> Tensor {
        var counts = [Int](repeating: 0, count: captionCount)
        for label in labels where counts.indices.contains(label) { counts[label] += 1 }
        return Tensor([captionCount, labels.count]) { place in
            let (caption, image) = (place / labels.count, place % labels.count)
            return labels[image] == caption ? 1 / Float(counts[caption] * captionCount) : 0
        }
    }
}
