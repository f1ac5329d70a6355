import Checkpoints
import Tensors

/// The elements of U·C in binary32, computed where they are read.
struct BasisProduct: TensorSource {
    /// Uᵀ `[k, m]`.
    let basis: LazyTensor
    /// C `[k, n]`.
    let components: LazyTensor

    func read(_ elements: Range<Int>, of dtype: DType, into bytes: UnsafeMutableRawBufferPointer) throws {
        guard let last = elements.last else { return }
        let columns = components.shape.dimensions[1]
        let rows = elements.lowerBound / columns..<last / columns + 1
        let left = try basis.readTensor().slice(along: 1, rows).converted(to: .float64)
        let right = try components.readTensor().converted(to: .float64)
        let product = try left.matrixProduct(right, transposesSelf: true).converted(to: .float32)
        product.withBytes { whole in
            let start = (elements.lowerBound - rows.lowerBound * columns) * MemoryLayout<Float>.stride
            bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[start..<start + bytes.count]))
        }
    }
}
