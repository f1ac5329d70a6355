import Glibc

/// How well images of one task were classified.
///
/// Sums go over images in the order of the data set, whoever classified them, so that they have the same bits for any number
/// of ranks and threads.
struct ClassificationScore: Equatable {
    /// What became of one image.
    struct Outcome: Equatable {
        /// The class that the data set says.
        let label: Int
        /// The class with the largest logit.
        let prediction: Int
        /// The cross-entropy of the logits.
        let loss: Double
    }

    /// How many images of a class there were, and how many were recognised.
    struct ClassCount: Equatable {
        var images = 0
        var correct = 0
    }

    private(set) var imageCount = 0
    private(set) var correctCount = 0
    private var lossSum = 0.0
    /// For each class, in the order of the task.
    private(set) var classes: [ClassCount]
    /// How many images could not be read, and were left out.
    private(set) var skippedCount = 0

    /// Nothing classified yet.
    init(classCount: Int) {
        classes = Array(repeating: ClassCount(), count: classCount)
    }

    /// Counts an image; nil is one that could not be read.
    mutating func count(_ outcome: Outcome?) {
        guard let outcome else {
            skippedCount += 1
            return
        }
        let isCorrect = outcome.prediction == outcome.label
        imageCount += 1
        correctCount += isCorrect ? 1 : 0
        lossSum += outcome.loss
        classes[outcome.label].images += 1
        classes[outcome.label].correct += isCorrect ? 1 : 0
    }

    /// The share of images whose class was recognised; 0 without images.
    var accuracy: Double { imageCount == 0 ? 0 : Double(correctCount) / Double(imageCount) }

    /// The mean cross-entropy over images; 0 without images.
    var loss: Double { imageCount == 0 ? 0 : lossSum / Double(imageCount) }

    /// The range that the accuracy on all images of this kind lies in with a confidence of 95 %.
    ///
    /// E. B. Wilson: *Probable inference, the law of succession, and statistical inference* (1927).
    var accuracyInterval: ClosedRange<Double> {
        guard imageCount > 0 else { return 0...1 }
        // The quantile of the standard normal distribution at 0.975.
        let z = 1.959963984540054
        let n = Double(imageCount)
        let centre = (accuracy + z * z / (2 * n)) / (1 + z * z / n)
        let margin = z / (1 + z * z / n) * (accuracy * (1 - accuracy) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, centre - margin)...min(1, centre + margin)
    }
}
