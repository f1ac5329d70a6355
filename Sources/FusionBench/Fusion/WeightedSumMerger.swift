import Tensors

/// Σ wₜ·θₜ, scaled, parameter by parameter; the pretrained model is not used.
struct WeightedSumMerger: ParameterMerger {
    /// For each parameter, the weight of each model.
    let weights: [[Float]]
    /// What each sum is multiplied by.
    let scales: [Float]

    var granularity: Granularity { .elements }

    func merge(_ stretch: Stretch, into merged: UnsafeMutableBufferPointer<Float>) {
        FloatArithmetic.weightedSum(stretch.models, weights: weights[stretch.parameter], into: merged)
        if scales[stretch.parameter] != 1 { FloatArithmetic.scale(merged, by: scales[stretch.parameter]) }
    }
}
