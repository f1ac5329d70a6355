import Tensors

/// A unit of merging: a part of one parameter.
///
/// Its borders depend on the shape alone, so that results do not depend on who computes them.
struct StretchUnit: Sendable {
    /// The number of the parameter.
    let parameter: Int
    /// The elements, in row-major order.
    let range: Range<Int>

    /// The most elements of a unit that can be cut: 4 MiB of binary32.
    static let largestCount = 1 << 20

    /// The units of parameters of these shapes, in order.
    static func units(of shapes: [(parameter: Int, shape: Shape)], _ granularity: Granularity) -> [StretchUnit] {
        shapes.flatMap { parameter, shape in
            ranges(0..<shape.elementCount, step: step(shape, granularity, limit: largestCount))
                .map { StretchUnit(parameter: parameter, range: $0) }
        }
    }

    /// The stretches of a unit, each of which fits into the cache with all its inputs.
    func stretches(_ shape: Shape, _ granularity: Granularity, inputs: Int) -> [Range<Int>] {
        // A megabyte for all buffers: what one core has for itself.
        let limit = max(4096, (1 << 18) / (inputs + 2))
        return Self.ranges(range, step: Self.step(shape, granularity, limit: limit))
    }

    private static func step(_ shape: Shape, _ granularity: Granularity, limit: Int) -> Int {
        switch granularity {
        case .elements: return limit
        case .rows:
            let row = max(1, shape.dimensions.last ?? 1)
            return max(1, limit / row) * row
        case .slices:
            let slice = shape.rank < 2 ? shape.elementCount : shape.dimensions.dropFirst().reduce(1, *)
            return max(1, limit / max(1, slice)) * max(1, slice)
        case .tensors: return max(1, shape.elementCount)
        }
    }

    private static func ranges(_ range: Range<Int>, step: Int) -> [Range<Int>] {
        stride(from: range.lowerBound, to: range.upperBound, by: step).map { $0..<min($0 + step, range.upperBound) }
    }
}
