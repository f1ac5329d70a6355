/// The edges of a plane of whole numbers.
///
/// J. Canny: *A computational approach to edge detection*, IEEE PAMI 8, 1986. Details are those of OpenCV's `Canny`: slopes are
/// Sobel's, their strength is the sum of both directions' absolute values, angles are cut at 22.5 and 67.5 degrees in steps
/// of 2⁻¹⁵, and nothing is smoothed before.
struct CannyEdges {
    private let height: Int
    private let width: Int
    /// Slopes to the right and downwards.
    private var slopes: [(x: Int, y: Int)] = []
    /// Whether each place, row by row, is on an edge.
    private(set) var isEdge: [Bool]

    /// Finds the edges.
    ///
    /// - Parameters:
    ///   - plane: Whole numbers.
    ///   - low: Weaker slopes are no edges.
    ///   - high: Stronger slopes are; those between are if a line of such leads to a stronger one.
    init(of plane: Plane, low: Int, high: Int) {
        height = plane.height
        width = plane.width
        isEdge = [Bool](repeating: false, count: plane.values.count)
        slopes = Self.slopes(of: plane)
        let ridges = isEdge.indices.map { strength($0) > low && isRidge($0) }
        var found = ridges.indices.filter { ridges[$0] && strength($0) > high }
        for place in found { isEdge[place] = true }
        while let place = found.popLast() {
            for y in max(0, place / width - 1)...min(height - 1, place / width + 1) {
                for x in max(0, place % width - 1)...min(width - 1, place % width + 1) {
                    let neighbor = y * width + x
                    guard ridges[neighbor], !isEdge[neighbor] else { continue }
                    isEdge[neighbor] = true
                    found.append(neighbor)
                }
            }
        }
    }

    private static func slopes(of plane: Plane) -> [(x: Int, y: Int)] {
        func value(_ y: Int, _ x: Int) -> Int {
            Int(plane.values[min(max(y, 0), plane.height - 1) * plane.width + min(max(x, 0), plane.width - 1)])
        }
        return plane.values.indices.map { place in
            let (y, x) = place.quotientAndRemainder(dividingBy: plane.width)
            func across(_ offset: Int) -> Int {
                value(y - 1, x + offset) + 2 * value(y, x + offset) + value(y + 1, x + offset)
            }
            func along(_ offset: Int) -> Int {
                value(y + offset, x - 1) + 2 * value(y + offset, x) + value(y + offset, x + 1)
            }
            return (across(1) - across(-1), along(1) - along(-1))
        }
    }

    private func strength(_ place: Int) -> Int { abs(slopes[place].x) + abs(slopes[place].y) }

    /// The strength at a place beside another one; 0 outside of the plane.
    private func strength(beside place: Int, _ down: Int, _ right: Int) -> Int {
        let (y, x) = (place / width + down, place % width + right)
        return 0..<height ~= y && 0..<width ~= x ? strength(y * width + x) : 0
    }

    /// Whether the strength falls to both sides, in the direction of the slope.
    private func isRidge(_ place: Int) -> Bool {
        let own = strength(place)
        let (x, y) = (abs(slopes[place].x), abs(slopes[place].y) << 15)
        // The tangent of 22.5 degrees; that of 67.5 degrees is greater by 2.
        let flat = x * 13573
        if y < flat { return own > strength(beside: place, 0, -1) && own >= strength(beside: place, 0, 1) }
        if y > flat + x << 16 { return own > strength(beside: place, -1, 0) && own >= strength(beside: place, 1, 0) }
        let side = (slopes[place].x ^ slopes[place].y) < 0 ? -1 : 1
        return own > strength(beside: place, -1, -side) && own > strength(beside: place, 1, side)
    }

    /// The distance of each place from the nearest edge, in pixels; very large where there is none.
    ///
    /// G. Borgefors: *Distance transformations in digital images*, CVGIP 34, 1986: paths are made of steps to the side (1), of
    /// diagonal ones (1.4) and of a knight's moves (2.1969).
    var distances: Plane {
        // Those to places that come before in the order of rows; those to others are the same backwards.
        let steps: [(y: Int, x: Int, length: Float)] = [
            (-2, -1, 2.1969), (-2, 1, 2.1969), (-1, -2, 2.1969), (-1, -1, 1.4), (-1, 0, 1), (-1, 1, 1.4),
            (-1, 2, 2.1969), (0, -1, 1),
        ]
        var distances = isEdge.map { $0 ? 0 : Float(1e9) }
        func relax(_ place: Int, _ sign: Int) {
            let (y, x) = place.quotientAndRemainder(dividingBy: width)
            for step in steps {
                let (row, column) = (y + sign * step.y, x + sign * step.x)
                guard 0..<height ~= row, 0..<width ~= column else { continue }
                distances[place] = min(distances[place], distances[row * width + column] + step.length)
            }
        }
        for place in distances.indices { relax(place, 1) }
        for place in distances.indices.reversed() { relax(place, -1) }
        return Plane(height: height, width: width, values: distances)
    }
}
