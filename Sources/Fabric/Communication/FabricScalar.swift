internal import CMPI

/// A number that ranks can add up, compare and exchange.
public protocol FabricScalar: BitwiseCopyable, Comparable, Sendable {
    /// Which of the types of MPI it is.
    static var kind: FabricScalarKind { get }

    /// The sum; whole numbers wrap around.
    static func fabricSum(_ left: Self, _ right: Self) -> Self
}

/// The types of numbers that reductions know.
public enum FabricScalarKind: Sendable {
    case int64
    case float
    case double

    var type: cmpi_type {
        switch self {
        case .int64: CMPI_INT64
        case .float: CMPI_FLOAT
        case .double: CMPI_DOUBLE
        }
    }
}

extension Int64: FabricScalar {
    /// 64-bit whole numbers.
    public static var kind: FabricScalarKind { .int64 }

    /// The sum, wrapping around as MPI's does.
    public static func fabricSum(_ left: Int64, _ right: Int64) -> Int64 { left &+ right }
}

extension Float: FabricScalar {
    /// 32-bit floats.
    public static var kind: FabricScalarKind { .float }

    /// The sum, rounded.
    public static func fabricSum(_ left: Float, _ right: Float) -> Float { left + right }
}

extension Double: FabricScalar {
    /// 64-bit floats.
    public static var kind: FabricScalarKind { .double }

    /// The sum, rounded.
    public static func fabricSum(_ left: Double, _ right: Double) -> Double { left + right }
}

/// How the operands of all ranks become one result.
public enum Reduction: Sendable {
    case sum
    case min
    case max

    var operation: cmpi_operation {
        switch self {
        case .sum: CMPI_SUM
        case .min: CMPI_MIN
        case .max: CMPI_MAX
        }
    }

    /// The result of two operands.
    func callAsFunction<Scalar: FabricScalar>(_ left: Scalar, _ right: Scalar) -> Scalar {
        switch self {
        case .sum: Scalar.fabricSum(left, right)
        case .min: Swift.min(left, right)
        case .max: Swift.max(left, right)
        }
    }
}
