import Configuration

/// The parameters that all methods of RanDeS have.
struct SuperpositionParameters {
    let mode = Parameter<Choice<SuperpositionMatrices.Mode>>("mode")
    let kinds = Parameter<[Choice<LayerKind>]>("target_layer")
    let seed = Parameter("random_seed", default: 42)
    let differsAcrossLayers = Parameter("different_across_layers", default: true)
    let shift = Parameter("shift_layers", default: 0)
    let interval = Parameter<PositiveInteger>("dropout_rate", default: 1)
    let absorber = Parameter("absorber", default: Choice(Absorber.none))
    let soupMode = Parameter("ms_mode", default: Choice(SoupMode.average))

    // The reference has these, too, and makes no use of them, or only while somebody looks for an error.
    let jointMatrixMode = Parameter("joint_matrix_mode", default: "flatten_hstack")
    let rank = Parameter<ConfigurationValue?>("rank", default: nil)
    let randomComponents = Parameter("random_components", default: false)
    let debug = Parameter("debug", default: 0)
    let verbose = Parameter("verbose", default: 0)
}

/// What a model soup has in place of layers that are not superposed.
enum Absorber: String, CaseIterable, Sendable {
    /// The mean of all models.
    case average
    /// The pretrained model's layers.
    case pretrained
    /// The sum of all models.
    case none = "None"
}

/// What a model soup does with the sum of all models.
enum SoupMode: String, CaseIterable, Sendable {
    /// Divides it by the number of models.
    case average
    /// Nothing.
    case original
}

extension Superposition {
    init(
        _ mode: Choice<SuperpositionMatrices.Mode>, _ kinds: [Choice<LayerKind>], _ seed: Int, _ differs: Bool,
        _ shift: Int, _ interval: PositiveInteger
    ) {
        self.init(
            mode: mode.value, kinds: kinds.map(\.value), seed: UInt64(bitPattern: Int64(seed)),
            differsAcrossLayers: differs, shiftedLayers: shift, interval: interval.value)
    }
}
