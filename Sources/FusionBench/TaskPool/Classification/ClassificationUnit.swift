import Datasets
import Glibc
import Tensors

/// A unit of evaluation: a micro-batch of one task's images.
///
/// What stands in it depends on the data set alone, so that results do not depend on who computes them.
struct ClassificationUnit: Sendable {
    /// The number of the task.
    let task: Int
    /// The number of the micro-batch.
    let batch: Int
    /// The number of its images.
    let imageCount: Int
}

extension ClassificationScore.Outcome {
    /// What a row of logits says about an image.
    ///
    /// The class with the largest logit, the first one of several; the cross-entropy in binary64.
    init(logits: ArraySlice<Float>, label: Int) {
        var best = logits.startIndex
        for index in logits.indices where logits[index] > logits[best] { best = index }
        let largest = Double(logits[best])
        let sum = logits.reduce(0.0) { $0 + exp(Double($1) - largest) }
        self.init(
            label: label, prediction: best - logits.startIndex,
            loss: largest + log(sum) - Double(logits[logits.startIndex + label]))
    }
}

/// Outcomes as numbers that ranks exchange: label, prediction and loss of each image; a label of −1 for one that was skipped.
enum OutcomeNumbers {
    private static let skipped = -1.0

    /// The numbers of a micro-batch.
    static func encode(_ outcomes: [ClassificationScore.Outcome], skipped count: Int) -> [Double] {
        outcomes.flatMap { [Double($0.label), Double($0.prediction), $0.loss] }
            + Array(repeating: [skipped, 0, 0], count: count).flatMap(\.self)
    }

    /// The outcomes of a micro-batch; nil for images that were skipped.
    static func decode(_ numbers: [Double]) -> [ClassificationScore.Outcome?] {
        stride(from: 0, to: numbers.count, by: 3).map { start in
            guard numbers[start] != skipped else { return nil }
            return ClassificationScore.Outcome(
                label: Int(numbers[start]), prediction: Int(numbers[start + 1]), loss: numbers[start + 2])
        }
    }
}
