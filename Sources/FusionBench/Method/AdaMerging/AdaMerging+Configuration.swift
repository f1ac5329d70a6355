import Configuration

extension AdaMerging.GivenCoefficients: ConfigurationDecodable {
    static var expectedDescription: String { "a list of numbers, or the path of a file with a tensor" }

    static func decode(_ argument: Argument) -> AdaMerging.GivenCoefficients? {
        if let path = argument.source.string { return .file(path) }
        return [Double].decode(argument).map { .numbers($0) }
    }
}

extension TargetRegistry {
    mutating func registerAdaMerging() {
        registerAdaMerging(
            .layerWise, "fusion_bench.method.adamerging.clip_layer_wise_adamerging.CLIPLayerWiseAdaMergingAlgorithm",
            "fusion_bench.method.adamerging.CLIPLayerWiseAdaMergingAlgorithm",
            "fusion_bench.method.CLIPLayerWiseAdaMergingAlgorithm")
        registerAdaMerging(
            .taskWise, "fusion_bench.method.adamerging.clip_task_wise_adamerging.CLIPTaskWiseAdaMergingAlgorithm",
            "fusion_bench.method.adamerging.CLIPTaskWiseAdaMergingAlgorithm",
            "fusion_bench.method.CLIPTaskWiseAdaMergingAlgorithm")
    }

    private mutating func registerAdaMerging(_ scope: AdaMerging.Scope, _ names: String...) {
        for name in names {
            register(
                name, parameters: Parameter<AdaMerging.GivenCoefficients?>("weights", default: nil),
                Parameter("optimizer", default: AdaptationOptimizer()), Parameter("lr", default: 1e-3),
                Parameter<Double?>("init_values", default: nil), Parameter("clamp_weights", default: false),
                Parameter<PositiveInteger?>("batch_size", default: nil), Parameter("max_steps", default: 1000),
                Parameter<Bool?>("fast_dev_run", default: nil),
                Parameter<String?>("save_merging_weights", default: nil), additional: .areIgnored
            ) { given, _, rate, initial, clamps, batch, steps, isFast, path in
                AdaMerging(
                    scope: scope, given: given, initialValue: initial, isClamped: clamps, learningRate: rate,
                    batchSize: batch?.value ?? 16, stepCount: isFast == true ? min(1, steps) : max(0, steps),
                    savePath: path)
            }
        }
    }
}

/// The only optimizer that the reference's AdaMerging for CLIP knows.
private struct AdaptationOptimizer: ConfigurationDecodable {
    static let expectedDescription = "adam"

    static func decode(_ argument: Argument) -> AdaptationOptimizer? {
        argument.source.string?.lowercased() == "adam" ? AdaptationOptimizer() : nil
    }
}
