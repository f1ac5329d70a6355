import Configuration
import Fabric
import OperatingSystem
import Tensors

/// Compares the directions of task vectors, two by two: ⟨τᵢ, τⱼ⟩ / (‖τᵢ‖·‖τⱼ‖).
///
/// Merges nothing.
struct TaskVectorCosineSimilarity: DataFreeFusionMethod {
    /// Whether the table is drawn.
    let drawsHeatMap: Bool
    /// Whether buffers are left out.
    let isTrainedOnly: Bool
    /// How many entries are looked at; nil for all.
    let entryCount: Int?
    /// Where the files are written; nil for the job's output directory.
    let outputPath: String?

    /// The name of the files, without extension.
    static let fileName = "task_vector_cos_similarity"

    /// What keeps denominators from being 0.
    private static let epsilon = 1e-8

    var methodName: String { "Cosine similarity of task vectors" }

    func fuse(_ models: AlignedModels, in context: FusionContext) throws -> FusionResult {
        let table = try similarities(models, in: context)
        let path = FileSystem.join(outputPath ?? context.outputDirectory, Self.fileName)
        try context.fabric.save(Array(table.csv.utf8), to: path + ".csv", "table of cosines")
        if drawsHeatMap {
            try context.fabric.save(
                context.fabric.isGlobalZero ? CosineHeatMap(table: table).svg : [], to: path + ".svg",
                "heat map of cosines")
        }
        context.fabric.print(table.csv)
        return .nothing
    }

    /// The table of cosines.
    ///
    /// - Throws: An error of reading.
    func similarities(_ models: AlignedModels, in context: FusionContext) throws -> CosineTable {
        let products = try products(models.analyzed(trainedOnly: isTrainedOnly), in: context)
        let rows = (0..<products.count).map { first in
            (0..<products.count).map { second in
                products[first, second]
                    / max((products[first, first] * products[second, second]).squareRoot(), Self.epsilon)
            }
        }
        return CosineTable(names: models.modelNames, rows: rows)
    }

    /// The scalar products of the task vectors, over all parameters.
    private func products(_ models: AlignedModels, in context: FusionContext) throws -> GramMatrix {
        let count = models.models.count
        let pairs = (0..<count).flatMap { second in (0...second).map { (first: $0, second: second) } }
        if let entryCount, entryCount < models.parameters.reduce(0, { $0 + $1.input.shape.elementCount }) {
            let stream = RandomStream(seed: context.seed, purpose: "analysis/entries", name: Self.fileName)
            let vectors = try EntrySample(models.parameters, count: entryCount, stream: stream)
                .values(models, in: context)
            let products = pairs.map { pair in
                vectors[pair.first].withUnsafeBufferPointer { first in
                    vectors[pair.second].withUnsafeBufferPointer { FloatArithmetic.dotProduct(first, $0) }
                }
            }
            return GramMatrix(products: products, count: count)
        }
        let matrices = try models.gramMatrices(in: context)
        return GramMatrix(
            products: pairs.map { pair in matrices.reduce(0) { $0 + $1[pair.first, pair.second] } }, count: count)
    }
}

/// The cosines of all pairs of models.
struct CosineTable: Equatable {
    let names: [String]
    /// A row for each model, with a column for each.
    let rows: [[Double]]

    /// The table with the models' names above and beside it.
    var csv: String {
        let quoted = names.map(Self.quoted)
        let lines = zip(quoted, rows).map { name, row in ([name] + row.map { "\($0)" }).joined(separator: ",") }
        return ([([""] + quoted).joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
    }

    /// A field of a table, as RFC 4180 has it.
    static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}

/// A number of entries that are chosen, where null and 0 mean all.
struct EntryCount: ConfigurationDecodable {
    /// Nil for all.
    let number: Int?

    static var expectedDescription: String { "a whole number that is not negative, or null" }

    static func decode(_ argument: Argument) -> EntryCount? {
        if argument.source.isNull { return EntryCount(number: nil) }
        guard let number = Int.decode(argument), number >= 0 else { return nil }
        return EntryCount(number: number == 0 ? nil : number)
    }
}

extension TargetRegistry {
    mutating func registerTaskVectorCosineSimilarity() {
        register(
            "fusion_bench.method.TaskVectorCosSimilarity", "fusion_bench.method.analysis.TaskVectorCosSimilarity",
            "fusion_bench.method.analysis.task_vector_cos_similarity.TaskVectorCosSimilarity",
            parameters: Parameter<Bool>("plot_heatmap"), Parameter("trainable_only", default: true),
            Parameter("max_points_per_model", default: EntryCount(number: nil)),
            Parameter("output_path", default: String?.none)
        ) { draws, trainedOnly, count, path in
            TaskVectorCosineSimilarity(
                drawsHeatMap: draws, isTrainedOnly: trainedOnly, entryCount: count.number, outputPath: path)
        }
    }
}
