/// A drawing in SVG, in units of 1/96 inch.
struct SVGDrawing {
    let width: Double
    let height: Double
    private var content = ""

    /// An empty drawing on white.
    init(width: Double, height: Double, background: String = "#ffffff") {
        self.width = width
        self.height = height
        rectangle(x: 0, y: 0, width: width, height: height, fill: background)
    }

    /// Where a text stands relative to its point.
    enum Anchor: String {
        case start
        case middle
        case end
    }

    /// Adds a rectangle.
    mutating func rectangle(x: Double, y: Double, width: Double, height: Double, fill: String, stroke: String = "none")
    {
        element(
            "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\" "
                + "fill=\"\(fill)\" stroke=\"\(stroke)\"/>")
    }

    /// Adds a straight line.
    mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), stroke: String, width: Double = 1
    ) {
        element(
            "<line x1=\"\(number(start.x))\" y1=\"\(number(start.y))\" x2=\"\(number(end.x))\" y2=\"\(number(end.y))\" "
                + "stroke=\"\(stroke)\" stroke-width=\"\(number(width))\"/>")
    }

    /// Adds a closed shape.
    mutating func polygon(_ points: [(x: Double, y: Double)], fill: String, stroke: String) {
        let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        element(
            "<polygon points=\"\(list)\" fill=\"\(fill)\" stroke=\"\(stroke)\" stroke-width=\"1.2\" "
                + "stroke-linejoin=\"round\"/>")
    }

    /// Adds a disc.
    mutating func circle(x: Double, y: Double, radius: Double, fill: String, stroke: String) {
        element(
            "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\" fill=\"\(fill)\" "
                + "stroke=\"\(stroke)\"/>")
    }

    /// Adds a line of text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - x: The point from the left.
    ///   - y: The base line from above.
    ///   - size: The height of the letters.
    ///   - anchor: Which end of the text is at the point.
    ///   - angle: By how many degrees it is turned clockwise about the point.
    ///   - fill: The colour.
    mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 12, anchor: Anchor = .start, angle: Double = 0,
        fill: String = "#222222"
    ) {
        let turn = angle == 0 ? "" : " transform=\"rotate(\(number(angle)) \(number(x)) \(number(y)))\""
        element(
            "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(number(size))\" text-anchor=\"\(anchor.rawValue)\" "
                + "fill=\"\(fill)\"\(turn)>\(MarkupElement.escaped(text))</text>")
    }

    /// About how wide a text is.
    static func width(of text: String, size: Double = 12) -> Double { 0.58 * size * Double(text.count) }

    /// The file.
    var bytes: [UInt8] {
        let size =
            "width=\"\(number(width))\" height=\"\(number(height))\" viewBox=\"0 0 \(number(width)) \(number(height))\""
        let head = "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) font-family=\"Helvetica, Arial, sans-serif\">\n"
        return Array((head + content + "</svg>\n").utf8)
    }

    private mutating func element(_ text: String) { content += text + "\n" }

    private func number(_ value: Double) -> String { FixedDecimal.text(value, decimals: 2, trimmed: true) }
}
