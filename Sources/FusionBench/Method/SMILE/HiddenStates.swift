import Datasets
import Fabric
import Models
import Tensors

/// What each layer of several vision towers makes of the class token of the same images.
struct HiddenStates {
    /// The number of images.
    private(set) var count = 0
    /// The numbers of an image.
    let width: Int
    /// For each tower, for each of its layers, `[count, width]` row by row.
    private(set) var values: [[[Float]]]

    /// Computes them; all ranks do it together, and global zero gets them.
    ///
    /// - Parameters:
    ///   - towers: Towers of one configuration.
    ///   - images: The images of a task, in a random order.
    ///   - limit: How many images are enough: those of as many batches.
    ///   - fabric: The ranks.
    /// - Throws: An error of reading; `FusionError` if a state is infinite or no number.
    init(of towers: [CLIPVisionModel], on images: TrainingImages, limit: Int, _ fabric: Fabric) throws {
        let encoder = towers[0].configuration.encoder
        let width = encoder.width
        self.width = width
        values = towers.map { _ in (0..<encoder.layerCount).map { _ in [] } }
        let name = images.task.name
        let stepCount = (min(limit, images.count) + images.batchSize - 1) / images.batchSize
        let units = (0..<stepCount).flatMap { images.microBatches(ofStep: $0, task: 0) }
        let progress = fabric.progress(total: units.count, description: name, unit: "batch")
        try fabric.run("hidden states of \(name)", units: units, cost: { Double($0.rows.count) }) { unit -> [Float] in
            let pixels = try images.images(of: unit).pixels
            defer { progress.advance() }
            return towers.flatMap { tower in
                tower.states(pixels).hidden.dropFirst().flatMap { state in
                    state.slice(along: 1, 0..<1).array(of: Float.self)
                }
            }
        } deliver: { _, states in
            guard states.allSatisfy(\.isFinite) else {
                throw FusionError.several(["Hidden states of images of '\(name)' are infinite or not numbers"])
            }
            let length = states.count / (towers.count * encoder.layerCount)
            for tower in towers.indices {
                for layer in 0..<encoder.layerCount {
                    let start = (tower * encoder.layerCount + layer) * length
                    values[tower][layer] += states[start..<start + length]
                }
            }
            count += length / width
        }
        try progress.finish()
    }

    /// The mean over images of ‖h − h′‖ / ‖h′‖ in a layer, where h′ is of the first tower.
    ///
    /// - Parameters:
    ///   - tower: The number of the tower of h.
    ///   - layer: The number of the layer.
    /// - Returns: The error.
    func relativeError(tower: Int, layer: Int) -> Double {
        let (exact, approximate) = (values[0][layer], values[tower][layer])
        let errors = (0..<count).map { image in
            var (difference, length) = (0.0, 0.0)
            for index in image * width..<(image + 1) * width {
                let number = Double(exact[index])
                difference += (Double(approximate[index]) - number) * (Double(approximate[index]) - number)
                length += number * number
            }
            // States that are 0 in both towers agree.
            return difference == 0 ? 0 : (difference / length).squareRoot()
        }
        return errors.reduce(0, +) / Double(count)
    }
}
