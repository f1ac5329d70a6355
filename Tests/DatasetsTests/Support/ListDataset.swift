import Datasets
import OrderedCollections

/// Examples that stand in memory.
struct ListDataset: Dataset {
    let name = "list"
    let features: OrderedDictionary<String, Feature>
    let examples: [Example]

    var count: Int { examples.count }

    func example(at index: Int, columns: [String]?) throws -> Example {
        let example = examples[index]
        return columns.map { columns in example.filter { columns.contains($0.key) } } ?? example
    }

    /// Images of noise, each of another size, with labels 0 to 3; the encoded ones at some rows are replaced.
    static func images(_ count: Int, damaged: Set<Int> = []) -> ListDataset {
        ListDataset(
            features: ["image": .image, "label": .classLabel(names: ["a", "b", "c", "d"])],
            examples: (0..<count).map { row in
                let height = 10 + row % 7
                let width = 12 + row % 5
                let samples = Samples.noise(height * width * 3, seed: UInt32(row))
                let image = Value.pixels(samples, height: height, width: width, channels: 3)
                return [
                    "image": damaged.contains(row) ? .image(bytes: [1, 2, 3], path: nil) : image,
                    "label": .integer(Int64(row % 4)),
                ]
            })
    }
}
