import Datasets
import Fabric
import Models
import Networks
import Tensors

/// Makes the classifiers of tasks: for each class, the direction in which its texts lie.
///
/// Radford et al.: "Learning Transferable Visual Models From Natural Language Supervision" (2021, arXiv 2103.00020), 3.1.4.
struct ZeroShotHeads: Sendable {
    let text: CLIPTextModel
    let projections: CLIPProjections
    let tokenizer: Tokenizer
    let cache: ZeroShotHeadCache?
    let fabric: Fabric

    /// The texts of a unit, if a class does not have more of them.
    private static let unitSize = 64

    /// The classifier of a task.
    ///
    /// Unit vectors of a class' texts are averaged, and the mean is made a unit vector again.
    ///
    /// - Returns: `[classes, projection]`, on all ranks.
    /// - Throws: An error of the tokenizer or of the text tower.
    func head(of task: ZeroShotTask) throws -> Tensor {
        let tokens = try task.tokens(tokenizer, maximumLength: text.configuration.positionCount)
        guard let cache else { return try head(of: task, tokens) }
        let shape: Shape = [task.classNames.count, projections.textual.weight.size(0)]
        return try cache.head(tokens: tokens.contentHash, shape: shape, fabric) { try head(of: task, tokens) }
    }

    private func head(of task: ZeroShotTask, _ tokens: ZeroShotTokens) throws -> Tensor {
        let classesOfUnit = max(1, Self.unitSize / task.templates.count)
        let units = stride(from: 0, to: task.classNames.count, by: classesOfUnit).map {
            $0..<min($0 + classesOfUnit, task.classNames.count)
        }
        let parts: [[Float]] = try fabric.collect("texts of \(task.name)", units: units, cost: { Double($0.count) }) {
            unit in
            try self.directions(tokens.classes[unit])
        }
        let directions = parts.flatMap(\.self)
        let classCount = task.classNames.count
        return try Tensor(directions, shape: [classCount, directions.count / classCount])
    }

    /// The directions of some classes, one behind the other.
    private func directions(_ classes: ArraySlice<TokenBatch>) throws -> [Float] {
        // One length for all texts: what fills them up stands behind their ends, where nobody looks.
        let length = classes.map(\.length).max() ?? 0
        let texts = classes.flatMap { batch in
            (0..<batch.count).map { row in
                let ids = batch.ids[row * batch.length..<(row + 1) * batch.length]
                return Array(ids) + Array(repeating: ids.last ?? 0, count: length - batch.length)
            }
        }
        let embeddings = projections.texts(try text(texts))
        let templateCount = texts.count / classes.count
        return embeddings.reshaped([classes.count, templateCount, embeddings.size(1)])
            .mean(over: 1).normalized(epsilon: 0).array(of: Float.self)
    }
}
