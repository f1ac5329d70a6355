import Tensors

/// The random matrices of a superposition: M for each model and layer, and what takes it back.
///
/// Each depends on the seed, the model's name and, if wanted, the layer's name, and on nothing else.
struct SuperpositionMatrices: Sendable {
    /// What kind of matrix.
    enum Mode: String, CaseIterable, Sendable {
        /// Signs on the diagonal; M⁻¹ = M.
        case signs = "random_binary_diagonal_matrix"
        /// Normal numbers on the diagonal.
        case diagonal = "random_diagonal_matrix"
        /// A rotation, each as likely as any other one; M⁻¹ = Mᵀ.
        case rotation = "random_rotation_matrix"
        /// Normal numbers; taken back by the pseudo-inverse.
        case dense = "random_dense_matrix"
        /// No matrix at all.
        case identity = "identity_matrix"
    }

    let mode: Mode
    let seed: UInt64
    /// Whether each layer has a matrix of its own.
    let differsAcrossLayers: Bool
    /// The names of the models.
    let models: [String]

    /// Whether M is more than its diagonal.
    var isWhole: Bool { mode == .rotation || mode == .dense }

    private func stream(_ model: Int, _ layer: String) -> RandomStream {
        RandomStream(seed: seed, purpose: "randes/" + models[model], name: differsAcrossLayers ? layer : "")
    }

    /// The diagonal of M, or of what takes it back.
    func diagonal(model: Int, layer: String, size: Int, inverted: Bool) -> [Float] {
        [Float](unsafeUninitializedCapacity: size) { buffer, count in
            let values = UnsafeMutableBufferPointer(rebasing: buffer[..<size])
            if mode == .diagonal {
                stream(model, layer).fillNormal(values)
                if inverted { for index in values.indices { values[index] = 1 / values[index] } }
            } else {
                stream(model, layer).fillUniform(values)
                for index in values.indices { values[index] = values[index] < 0.5 ? -1 : 1 }
            }
            count = size
        }
    }

    /// M, or what takes it back, `[size, size]` in `float64`.
    ///
    /// A rotation is the orthogonal factor of a matrix of normal numbers whose other factor has a positive diagonal
    /// (Mezzadri: "How to generate random matrices from the classical compact groups", 2007).
    ///
    /// - Throws: `LinearAlgebraError`, or `TensorError` if there is no memory.
    func whole(model: Int, layer: String, size: Int, inverted: Bool) throws -> Tensor {
        let normal = try Tensor([size, size]) { stream(model, layer).fillNormal($0) }.converted(to: .float64)
        if mode == .dense { return inverted ? try normal.pseudoInverse() : normal }
        let rotation = try normal.qrDecomposition().q
        return inverted ? rotation.permuted([1, 0]) : rotation
    }

    /// A matrix `[m, n]` of `float64` times M, or times what takes it back.
    ///
    /// - Throws: `LinearAlgebraError`, or `TensorError` if there is no memory.
    func product(_ matrix: Tensor, model: Int, layer: String, inverted: Bool) throws -> Tensor {
        if mode == .identity { return matrix }
        let size = matrix.size(1)
        if isWhole {
            return matrix.matrixProduct(try whole(model: model, layer: layer, size: size, inverted: inverted))
        }
        return matrix
            * (try Tensor(diagonal(model: model, layer: layer, size: size, inverted: inverted))
                .converted(to: .float64))
    }

    /// Multiplies the rows of a part of a layer by M, or by what takes it back.
    ///
    /// - Parameters:
    ///   - values: The elements; whole rows, and the whole layer if M is more than its diagonal.
    ///   - columns: The length of a row.
    ///   - model: The number of the model.
    ///   - layer: The name of the layer.
    ///   - inverted: Whether what takes M back is meant.
    /// - Throws: `LinearAlgebraError`, or `TensorError` if there is no memory.
    func multiply(
        _ values: UnsafeMutableBufferPointer<Float>, columns: Int, model: Int, layer: String, inverted: Bool
    ) throws {
        guard mode != .identity, !values.isEmpty else { return }
        if isWhole {
            let shape: Shape = [values.count / columns, columns]
            let matrix = try Tensor(copying: UnsafeRawBufferPointer(values), shape: shape, dtype: .float32)
            return try product(matrix.converted(to: .float64), model: model, layer: layer, inverted: inverted)
                .write(to: values)
        }
        let factors = diagonal(model: model, layer: layer, size: columns, inverted: inverted)
        for row in stride(from: 0, to: values.count, by: columns) {
            for column in 0..<columns { values[row + column] *= factors[column] }
        }
    }

    /// The floating-point operations of a product with M for a layer of this shape, roughly.
    func operationCount(_ shape: Shape) -> Double {
        guard isWhole else { return 0 }
        let columns = shape.dimensions.last ?? 1
        let decomposition =
            mode == .dense
            ? SpectralCost.eigenvectors(columns, columns) : 3 * SpectralCost.product(columns, columns, columns) / 2
        return decomposition + 2 * Double(shape.elementCount) * Double(columns)
    }
}
