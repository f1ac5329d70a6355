/// Why a matrix has no decomposition, or the library found none.
public enum LinearAlgebraError: Error, Equatable, Sendable {
    /// It is no matrix, or one of a wrong shape.
    case shape(Shape, expected: String)
    /// Its elements are neither `float32` nor `float64`.
    case dtype(DType)
    /// An element is infinite or not a number.
    case notFinite(row: Int, column: Int)
    /// It is larger than the library can count.
    case tooLarge(Shape)
    /// The iteration did not end.
    case noConvergence(routine: String)
    /// The leading part of this size is not positive definite.
    case notPositiveDefinite(order: Int)
    /// It has no inverse: this pivot is 0.
    case singular(pivot: Int)
    /// The library refused an argument, which is a fault of this program.
    case library(routine: String, code: Int)
}

extension LinearAlgebraError: CustomStringConvertible {
    /// What is wrong with the matrix.
    public var description: String {
        switch self {
        case .shape(let shape, let expected): "A tensor of shape \(shape) is not \(expected)"
        case .dtype(let dtype): "Matrices of type \(dtype.rawValue) are not decomposed; convert them to F32 or F64"
        case .notFinite(let row, let column): "The element in row \(row) and column \(column) is not finite"
        case .tooLarge(let shape): "A matrix of shape \(shape) is too large for LAPACK"
        case .noConvergence(let routine): "The iteration of \(routine) did not converge"
        case .notPositiveDefinite(let order):
            "The matrix is not positive definite: its leading part of size \(order) is not"
        case .singular(let pivot): "The matrix is singular: pivot \(pivot) is 0"
        case .library(let routine, let code): "\(routine) of LAPACK refused its argument \(code)"
        }
    }
}
