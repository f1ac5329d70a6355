import Fabric
import Tensors

/// Some entries of task vectors, chosen at random: the same ones of all models.
struct EntrySample {
    /// The parameters that entries are chosen from.
    private let parameters: [AlignedParameter]
    /// For each parameter, the number of entries before it; and of all at the end.
    private let starts: [Int]
    /// The chosen entries, numbered through all parameters, in order.
    private let entries: [Int]

    /// How many entries are read in one go.
    private static let unitSize = 1024

    /// Chooses entries, each set of so many as likely as any other one; all if there are not so many.
    ///
    /// Floyd's algorithm, in Bentley: "Programming pearls: a sample of brilliance" (1987).
    init(_ parameters: [AlignedParameter], count: Int, stream: RandomStream) {
        self.parameters = parameters
        starts = parameters.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.input.shape.elementCount) }
        let total = starts[starts.count - 1]
        var chosen: Set<Int> = []
        for (draw, last) in (max(0, total - count)..<total).enumerated() {
            let entry = min(last, Int(stream.uniformDouble(at: draw) * Double(last + 1)))
            chosen.insert(chosen.contains(entry) ? last : entry)
        }
        entries = chosen.sorted()
    }

    /// The entries of each model's task vector.
    ///
    /// - Throws: An error of reading.
    func values(_ models: AlignedModels, in context: FusionContext) throws -> [[Float]] {
        let units = stride(from: 0, to: entries.count, by: Self.unitSize).map {
            entries[$0..<min($0 + Self.unitSize, entries.count)]
        }
        let (parameters, starts, names) = (parameters, starts, models.modelNames)
        let parts = try context.fabric.collect("entries", units: units, cost: { Double($0.count) }) { unit -> [Float] in
            let reader = StretchReader(memory: ScratchMemory(), allowsNonFinite: context.allowsNonFinite)
            var values: [Float] = []
            var parameter = 0
            for entry in unit {
                while starts[parameter + 1] <= entry { parameter += 1 }
                let input = parameters[parameter].input
                guard let pretrained = input.pretrained else { continue }
                let range = entry - starts[parameter]..<entry - starts[parameter] + 1
                let base = try reader.values(
                    of: pretrained, range, slot: 0, tensor: input.key, model: ModelPool.pretrainedName)[0]
                for (name, tensor) in zip(names, input.models) {
                    values.append(
                        try reader.values(of: tensor, range, slot: 1, tensor: input.key, model: name)[0] - base)
                }
            }
            return values
        }
        let values = parts.flatMap { $0 }
        return names.indices.map { model in
            stride(from: model, to: values.count, by: names.count).map { values[$0] }
        }
    }
}

extension AlignedModels {
    /// The parameters that an analysis looks at.
    ///
    /// - Parameter trainedOnly: Whether buffers, such as running means, are left out. A checkpoint does not say which tensors
    ///   these are; they go by few names.
    /// - Returns: The same models, of which fewer parameters take part.
    func analyzed(trainedOnly: Bool) -> AlignedModels {
        let buffers: Set<Substring> = ["running_mean", "running_var", "inv_freq"]
        return restricted { parameter in
            !trainedOnly || !(parameter.key.split(separator: ".").last.map(buffers.contains) ?? false)
        }
    }
}
