/// Attention, head by head, so that all of a head stays in the cache.
extension CPUArithmetic {
    func attend(_ arguments: AttentionArguments, into result: Tensor) {
        let heads = AttentionHeads<Scalar>(arguments)
        heads.forEach { head in
            for tile in heads.tiles {
                heads.attention(of: head, tile)
                Scalar.multiply(
                    MatrixView(heads.scores, rows: tile.count, columns: heads.tokens),
                    MatrixView(heads.values, rows: heads.tokens, columns: heads.headWidth),
                    write(result) + heads.offset(of: head, token: tile.lowerBound, partCount: 1),
                    rowStride: heads.width, scale: 1, keep: 0)
            }
        }
    }

    /// With P the attention, O its result and dO the gradient: dV = Pᵀ dO, dP = dO Vᵀ, dS by the softmax's gradient,
    /// dQ = dS K, dK = dSᵀ Q.
    func attendGradient(_ arguments: AttentionArguments, _ gradient: Tensor, into result: Tensor) {
        let heads = AttentionHeads<Scalar>(arguments)
        let scratch = Tensor(uninitialized: [heads.tiles.first?.count ?? 0, heads.tokens], like: gradient)
        let (tokens, width) = (heads.tokens, heads.headWidth)
        heads.forEach { head in
            let ofQueries = write(result) + heads.offset(of: head, token: 0, partCount: 3)
            let (ofKeys, ofValues) = (ofQueries + heads.width, ofQueries + 2 * heads.width)
            for tile in heads.tiles {
                heads.attention(of: head, tile)
                let attention = MatrixView(UnsafePointer(heads.scores), rows: tile.count, columns: tokens)
                let ofOutput = MatrixView(
                    read(gradient) + heads.offset(of: head, token: tile.lowerBound, partCount: 1), rows: tile.count,
                    columns: width, rowStride: heads.width)
                let keep: Scalar = tile.lowerBound == 0 ? 0 : 1
                let rowStride = 3 * heads.width
                Scalar.multiply(attention.transposed, ofOutput, ofValues, rowStride: rowStride, scale: 1, keep: keep)
                let ofScores = write(scratch)
                Scalar.multiply(
                    ofOutput, MatrixView(heads.values, rows: tokens, columns: width).transposed, ofScores,
                    rowStride: tokens, scale: 1, keep: 0)
                Scalar.softmaxGradient(heads.scores, ofScores, heads.scale, ofScores, tile.count, tokens)
                let scoreGradient = MatrixView(UnsafePointer(ofScores), rows: tile.count, columns: tokens)
                Scalar.multiply(
                    scoreGradient, MatrixView(heads.keys, rows: tokens, columns: width),
                    ofQueries + tile.lowerBound * rowStride, rowStride: rowStride, scale: 1, keep: 0)
                Scalar.multiply(
                    scoreGradient.transposed,
                    MatrixView(heads.queries + tile.lowerBound * width, rows: tile.count, columns: width), ofKeys,
                    rowStride: rowStride, scale: 1, keep: keep)
            }
        }
    }
}

/// The heads of an attention: their queries, keys and values, one head at a time.
struct AttentionHeads<Scalar: LoopScalar> {
    /// One head of one entry of a batch.
    struct Head {
        let entry: Int
        let number: Int
    }

    let batch: Int
    let tokens: Int
    let width: Int
    let headWidth: Int
    let scale: Scalar
    /// Rows of queries whose scores are in memory at once.
    let tiles: [Range<Int>]
    private let arguments: AttentionArguments
    private let scratch: Tensor

    // Of the head at hand: `[tokens, headWidth]`, with bias; and of the tile at hand: `[tile, tokens]`.
    let queries: UnsafeMutablePointer<Scalar>
    let keys: UnsafeMutablePointer<Scalar>
    let values: UnsafeMutablePointer<Scalar>
    let scores: UnsafeMutablePointer<Scalar>

    /// As many as the second-level cache holds with the keys and values of a usual head.
    private static var largestTile: Int { 64 }

    init(_ arguments: AttentionArguments) {
        self.arguments = arguments
        batch = arguments.packed.size(0)
        tokens = arguments.packed.size(1)
        width = arguments.packed.size(2) / 3
        headWidth = width / arguments.headCount
        scale = 1 / Scalar(headWidth).squareRoot()
        let (step, tokens) = (Self.largestTile, tokens)
        tiles = stride(from: 0, to: tokens, by: step).map { $0..<min($0 + step, tokens) }
        let part = tokens * headWidth
        scratch = Tensor(uninitialized: [3 * part + min(step, tokens) * tokens], like: arguments.packed)
        queries = scratch.memory.assumingMemoryBound(to: Scalar.self)
        keys = queries + part
        values = keys + part
        scores = values + part
    }

    /// Calls a function for each head, with its queries, keys and values in place.
    func forEach(_ body: (Head) -> Void) {
        for entry in 0..<batch {
            for number in 0..<arguments.headCount {
                let head = Head(entry: entry, number: number)
                for (part, copy) in [queries, keys, values].enumerated() { unpack(head, part, copy) }
                body(head)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    private func unpack(_ head: Head, _ part: Int, _ copy: UnsafeMutablePointer<Scalar>) {
        let start = offset(of: head, token: 0, partCount: 3) + part * width
        let source = UnsafePointer(arguments.packed.memory.assumingMemoryBound(to: Scalar.self)) + start
        let bias = arguments.bias.map { bias in
            UnsafePointer(bias.memory.assumingMemoryBound(to: Scalar.self)) + part * width + head.number * headWidth
        }
        if let bias {
            Scalar.addBiasAndApply(
                .identity, source, rowStride: 3 * width, bias, nil, copy, tokens, headWidth)
        } else {
            for token in 0..<tokens {
                (copy + token * headWidth).update(from: source + token * 3 * width, count: headWidth)
            }
        }
    }

    /// Where a head's numbers for a token start in rows of so many parts.
    func offset(of head: Head, token: Int, partCount: Int) -> Int {
        (head.entry * tokens + token) * partCount * width + head.number * headWidth
    }

    /// Sets the scores to the attention of the queries of a tile: `softmax(scale · q kᵀ)`.
    func attention(of head: Head, _ tile: Range<Int>) {
        Scalar.multiply(
            MatrixView(queries + tile.lowerBound * headWidth, rows: tile.count, columns: headWidth),
            MatrixView(keys, rows: tokens, columns: headWidth).transposed, scores, rowStride: tokens, scale: 1, keep: 0)
        let mask = arguments.visibleKeys.map { mask in
            UnsafePointer(mask.memory.assumingMemoryBound(to: UInt8.self)) + head.entry * tokens
        }
        Scalar.softmax(
            SoftmaxLoop(
                x: scores, scale: scale, visible: arguments.isCausal ? tile.lowerBound + 1 : tokens,
                visibleStep: arguments.isCausal ? 1 : 0, mask: mask, result: scores, rows: tile.count,
                columns: tokens))
    }
}
