import Configuration
import Fabric
import OperatingSystem
import Tensors

/// Draws how the entries of each task vector are distributed, with signs and as magnitudes.
///
/// Merges nothing.
struct TaskVectorViolinPlot: DataFreeFusionMethod {
    /// Whether buffers are left out.
    let isTrainedOnly: Bool
    /// How many entries of each task vector are drawn; nil for all.
    let entryCount: Int?
    /// What the drawings look like.
    let figure: FigureSettings
    /// Where the files are written; nil for the job's output directory.
    let outputPath: String?

    /// The name of the drawing with signs, without extension.
    static let fileName = "task_vector_violin"

    var methodName: String { "Violin plot of task vectors" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let distributions = try distributions(models.analyzed(trainedOnly: isTrainedOnly), in: context)
        let path = FileSystem.join(outputPath ?? context.outputDirectory, Self.fileName)
        try save(
            distributions.map(\.entries), "Distribution of task vector values", "Task vector values",
            models.modelNames, path + ".svg", context)
        try save(
            distributions.map(\.magnitudes), "Distribution of task vector absolute values", "Absolute values",
            models.modelNames, path + "_abs.svg", context, cutsAtZero: true)
        return .nothing
    }

    private func distributions(
        _ models: AlignedModels, in context: FusionContext
    ) throws -> [(entries: EntryHistogram, magnitudes: EntryHistogram)] {
        guard let entryCount else { return try EntryHistogram.ofAllEntries(models, in: context) }
        let stream = RandomStream(seed: context.seed, purpose: "analysis/entries", name: Self.fileName)
        let values = try EntrySample(models.parameters, count: entryCount, stream: stream).values(models, in: context)
        return values.map { (EntryHistogram($0), EntryHistogram($0.map(abs))) }
    }

    private func save(
        _ distributions: [EntryHistogram], _ title: String, _ axisTitle: String, _ names: [String], _ path: String,
        _ context: FusionContext, cutsAtZero: Bool = false
    ) throws {
        let plot = ViolinPlot(
            title: title, axisTitle: axisTitle, names: names, distributions: distributions, cutsAtZero: cutsAtZero,
            figureSize: figure.size,
            background: figure.background ?? "#ffffff")
        try context.fabric.save(context.fabric.isGlobalZero ? plot.svg : [], to: path, "violin plot")
    }
}

/// What a drawing looks like: the arguments of Python's plots that mean something here.
struct FigureSettings: ConfigurationDecodable {
    /// Width and height in inches.
    var size: (width: Double, height: Double)?
    /// The colour behind the drawing.
    var background: String?

    static var expectedDescription: String { "a mapping such as {figsize: [8, 5], facecolor: white}, or null" }

    static func decode(_ argument: Argument) -> FigureSettings? {
        if argument.source.isNull { return FigureSettings() }
        guard argument.source.entries != nil else { return nil }
        var settings = FigureSettings(background: argument.source["facecolor"]?.string)
        // The colour stands in the file as it is: a name, or # and digits.
        if let color = settings.background,
            !color.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#") })
        {
            return nil
        }
        guard let size = argument.source["figsize"], !size.isNull else { return settings }
        guard let numbers = [Double].decode(.value(size)), numbers.count == 2,
            numbers.allSatisfy({ (1...100).contains($0) })
        else { return nil }
        settings.size = (numbers[0], numbers[1])
        return settings
    }
}

extension TargetRegistry {
    mutating func registerTaskVectorViolinPlot() {
        register(
            "fusion_bench.method.TaskVectorViolinPlot", "fusion_bench.method.analysis.TaskVectorViolinPlot",
            "fusion_bench.method.analysis.task_vector_violin_plot.TaskVectorViolinPlot",
            parameters: Parameter<Bool>("trainable_only"),
            Parameter("max_points_per_model", default: EntryCount(number: 1000)),
            Parameter("fig_kwargs", default: FigureSettings()), Parameter("output_path", default: String?.none),
            // As the reference's constructor spells it.
            Parameter("fig_kwawrgs", default: FigureSettings())
        ) { trainedOnly, count, figure, path, misspelled in
            TaskVectorViolinPlot(
                isTrainedOnly: trainedOnly, entryCount: count.number,
                figure: FigureSettings(
                    size: figure.size ?? misspelled.size, background: figure.background ?? misspelled.background),
                outputPath: path)
        }
    }
}
