public import Datasets
import Tensors

/// The texts of a task as tokens, ready for the text tower of a model.
public struct ZeroShotTokens: Sendable {
    /// The texts of each class, one for each template, all of one length; `[classes]`, each `[templates, tokens]`.
    public let classes: [TokenBatch]
    /// A hash of all tokens and of what they belong to, the same in every process: 16 hexadecimal digits.
    ///
    /// The zero-shot head of a task depends on this and on the model alone.
    public let contentHash: String
}

extension ZeroShotTask {
    /// The texts of all classes as tokens.
    ///
    /// - Parameters:
    ///   - tokenizer: The model's tokenizer.
    ///   - maximumLength: How many tokens the model takes; longer texts are cut off.
    ///   - padding: How texts of a class become equally long.
    /// - Returns: A batch for each class.
    /// - Throws: `TokenizerError` if there is no room for the special tokens, or nothing to fill texts up.
    public func tokens(
        _ tokenizer: Tokenizer, maximumLength: Int, padding: Tokenizer.Padding = .toLongest
    ) throws(TokenizerError) -> ZeroShotTokens {
        // At once, so that words are looked up once.
        let ids: [[Int32]] = try tokenizer.encode(prompts.flatMap(\.self), maximumLength: maximumLength)
        var classes: [TokenBatch] = []
        for first in stride(from: 0, to: ids.count, by: templates.count) {
            let texts = Array(ids[first..<first + templates.count])
            classes.append(try tokenizer.batch(texts, maximumLength: maximumLength, padding: padding))
        }
        return ZeroShotTokens(classes: classes, contentHash: Self.hash(ids, classCount: classNames.count))
    }

    /// Texts of one class are averaged, so that it matters where a class ends.
    private static func hash(_ texts: [[Int32]], classCount: Int) -> String {
        var hash = StableHash()
        hash.combine(Int32(truncatingIfNeeded: classCount))
        for ids in texts {
            hash.combine(Int32(truncatingIfNeeded: ids.count))
            for id in ids { hash.combine(id) }
        }
        return hash.text
    }
}
