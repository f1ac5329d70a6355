/// A table of cosines as a picture: the darker a cell, the more two task vectors share a direction or oppose each other.
struct CosineHeatMap {
    let table: CosineTable

    private static let cell = 56.0
    private static let size = 12.0

    /// The drawing.
    var svg: [UInt8] {
        let names = table.names
        let longest = names.map { SVGDrawing.width(of: $0, size: Self.size) }.max() ?? 0
        let side = Self.cell * Double(names.count)
        let (left, top) = (longest + 24, 56.0)
        let slope = longest * 0.7072
        var drawing = SVGDrawing(width: left + side + 110, height: top + side + slope + 40)
        drawing.text(
            "Cosine similarity of task vectors", x: left + side / 2, y: 30, size: 16, anchor: .middle)
        for (row, values) in table.rows.enumerated() {
            let y = top + Self.cell * Double(row)
            drawing.text(names[row], x: left - 8, y: y + Self.cell / 2 + 4, anchor: .end)
            for (column, value) in values.enumerated() {
                let x = left + Self.cell * Double(column)
                drawing.rectangle(
                    x: x, y: y, width: Self.cell, height: Self.cell, fill: Self.color(value), stroke: "#ffffff")
                drawing.text(
                    FixedDecimal.text(value, decimals: 2), x: x + Self.cell / 2, y: y + Self.cell / 2 + 4,
                    anchor: .middle, fill: abs(value) > 0.55 ? "#ffffff" : "#222222")
            }
        }
        for (column, name) in names.enumerated() {
            drawing.text(
                name, x: left + Self.cell * (Double(column) + 0.5) + 4, y: top + side + 16, anchor: .end, angle: -45)
        }
        legend(&drawing, x: left + side + 28, y: top, height: side)
        return drawing.bytes
    }

    /// The colours from the least value to 1.
    private func legend(_ drawing: inout SVGDrawing, x: Double, y: Double, height: Double) {
        let least = table.rows.joined().contains { $0 < 0 } ? -1.0 : 0
        let steps = 100
        for step in 0..<steps {
            let value = 1 - (1 - least) * (Double(step) + 0.5) / Double(steps)
            drawing.rectangle(
                x: x, y: y + height * Double(step) / Double(steps), width: 16,
                // Half a unit of overlap hides the seams.
                height: height / Double(steps) + (step < steps - 1 ? 0.5 : 0), fill: Self.color(value))
        }
        for tick in 0...4 {
            let value = 1 - (1 - least) * Double(tick) / 4
            drawing.text(
                FixedDecimal.text(value, decimals: 2), x: x + 22, y: y + height * Double(tick) / 4 + 4, size: 11)
        }
    }

    private static func color(_ value: Double) -> String { ColorRamp.text(ColorRamp.signed(value)) }
}
