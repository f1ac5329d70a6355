public import Tensors

/// A sparse mixture of low-rank experts beside a linear layer: each row goes to the experts whose directions it follows most.
///
/// With lengths rₑ = ‖gateₑ · x‖ and the `chosenCount` experts C of the largest ones, it adds Σ wₑ · (bₑᵀ aₑ x + biasₑ) over C,
/// where w is the softmax of r over C. A single expert takes all rows.
///
/// Tang et al.: "SMILE: zero-shot sparse mixture of low-rank experts construction from pre-trained foundation models" (2024,
/// arXiv 2408.10174). Computes in `float32`; nothing is recorded on a tape.
public struct LowRankExperts: LinearAdapter {
    /// One of the experts.
    public struct Expert: Sendable {
        /// The directions whose share in a row chooses it, `[directions, in]`.
        public let gate: Tensor
        /// To the rank, `[rank, in]`.
        public let a: Tensor
        /// From the rank, `[rank, out]`.
        public let b: Tensor
        /// `[out]`.
        public let bias: Tensor?

        /// An expert.
        ///
        /// - Parameters:
        ///   - gate: The directions whose share in a row chooses it, `[directions, in]`; there may be none.
        ///   - a: To the rank, `[rank, in]`; the rank may be 0.
        ///   - b: From the rank, `[rank, out]`.
        ///   - bias: `[out]`.
        public init(gate: Tensor, a: Tensor, b: Tensor, bias: Tensor?) {
            self.gate = gate
            self.a = a
            self.b = b
            self.bias = bias
        }
    }

    /// All experts.
    public let experts: [Expert]
    /// How many of them a row goes to.
    public let chosenCount: Int

    /// - Parameters:
    ///   - experts: At least one.
    ///   - chosenCount: How many of them a row goes to; at least one and not more than there are.
    public init(_ experts: [Expert], chosenCount: Int) {
        precondition(!experts.isEmpty && 1...experts.count ~= chosenCount, "A row goes to some of the experts")
        self.experts = experts
        self.chosenCount = chosenCount
    }

    /// The experts' tensors that do not fit, such as `experts.2.a`.
    public func misfits(inputs: Int, outputs: Int) -> [(name: String, found: Shape, expected: Shape)] {
        experts.enumerated().flatMap { number, expert in
            let rank = expert.a.shape.dimensions.first ?? 0
            let directions = expert.gate.shape.dimensions.first ?? 0
            var tensors: [(String, Tensor, Shape)] = [
                ("gate", expert.gate, [directions, inputs]), ("a", expert.a, [rank, inputs]),
                ("b", expert.b, [rank, outputs]),
            ]
            if let bias = expert.bias { tensors.append(("bias", bias, [outputs])) }
            return tensors.filter { $0.1.shape != $0.2 }.map { ("experts.\(number).\($0.0)", $0.1.shape, $0.2) }
        }
    }

    /// `[…, in]` to `[…, out]`.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        let (inputs, outputs) = (x.size(-1), experts[0].b.size(1))
        let rows = x.reshaped([x.elementCount / max(1, inputs), inputs])
        let choices = choices(for: rows)
        let sum = Tensor([rows.size(0), outputs]) { sums in
            sums.update(repeating: 0)
            for (number, expert) in experts.enumerated() {
                let own = choices.filter { $0.expert == number }
                guard !own.isEmpty else { continue }
                let results = expert(rows.selecting(own.map(\.row))).array(of: Float.self)
                for (place, choice) in own.enumerated() {
                    for column in 0..<outputs {
                        sums[choice.row * outputs + column] += choice.weight * results[place * outputs + column]
                    }
                }
            }
        }
        return sum.reshaped(Shape(Array(x.shape.dimensions.dropLast()) + [outputs]))
    }

    /// A row that goes to an expert.
    private struct Choice {
        let row: Int
        let expert: Int
        let weight: Float
    }

    /// Where rows `[count, in]` go, in the order of rows.
    private func choices(for rows: Tensor) -> [Choice] {
        let count = rows.size(0)
        guard experts.count > 1 else { return (0..<count).map { Choice(row: $0, expert: 0, weight: 1) } }
        let lengths = experts.map { $0.lengths(of: rows) }
        let chosen = (0..<count).map { row in
            // Of equal lengths the first expert's counts as larger.
            experts.indices.sorted { (lengths[$1][row], $0) < (lengths[$0][row], $1) }.prefix(chosenCount)
        }
        let weights = Tensor([count, chosenCount]) { values in
            for (row, choice) in chosen.enumerated() {
                for (place, expert) in choice.enumerated() {
                    values[row * chosenCount + place] = lengths[expert][row]
                }
            }
        }.softmax().array(of: Float.self)
        return chosen.enumerated().flatMap { row, choice in
            choice.enumerated().map { Choice(row: row, expert: $1, weight: weights[row * chosenCount + $0]) }
        }
    }
}

extension LowRankExperts.Expert {
    /// ‖gate · x‖ of each row of `[count, in]`.
    fileprivate func lengths(of rows: Tensor) -> [Float] {
        guard gate.size(0) > 0 else { return [Float](repeating: 0, count: rows.size(0)) }
        return linear(rows, weight: gate).applying(.square).sum(over: -1).applying(.squareRoot).array(of: Float.self)
    }

    /// `[count, in]` to `[count, out]`.
    fileprivate func callAsFunction(_ rows: Tensor) -> Tensor {
        let product =
            a.size(0) > 0
            ? linear(rows, weight: a).matrixProduct(b) : Tensor.zeros([rows.size(0), b.size(1)])
        return bias.map { product + $0 } ?? product
    }
}

extension Tensor {
    /// Some rows of `[count, columns]` in `float32`.
    fileprivate func selecting(_ rows: [Int]) -> Tensor {
        let columns = size(1)
        return withBytes { bytes in
            let values = bytes.bindMemory(to: Float.self)
            return Tensor([rows.count, columns]) { selected in
                for (place, row) in rows.enumerated() {
                    let target = UnsafeMutableBufferPointer(rebasing: selected[place * columns..<(place + 1) * columns])
                    _ = target.update(fromContentsOf: values[row * columns..<(row + 1) * columns])
                }
            }
        }
    }
}
