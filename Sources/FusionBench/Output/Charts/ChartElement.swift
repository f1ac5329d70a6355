/// What all charts share: a drawing inside a page that takes the colours of its surroundings and the width that there is.
///
/// Colours are classes of the page's style sheet, so that one drawing serves light and dark.
enum ChartElement {
    /// The width that charts are laid out in; pages scale them.
    static let width = 420.0
    /// The height of letters.
    static let fontSize = 12.5

    /// A drawing.
    ///
    /// - Parameters:
    ///   - height: Its height where it is `width` wide.
    ///   - label: What it says, for people who cannot see it.
    ///   - content: What is drawn.
    /// - Returns: The element.
    static func drawing(
        height: Double, label: String, @MarkupBuilder _ content: () -> [MarkupElement.Child]
    ) -> MarkupElement {
        MarkupElement(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(number(width)) \(number(height))",
                "role": "img", "aria-label": label,
            ], content)
    }

    /// A text with its base line at a point.
    static func text(
        _ text: String, x: Double, y: Double, anchor: SVGDrawing.Anchor = .start, class style: String = "",
        angle: Double = 0, full: String? = nil
    ) -> MarkupElement {
        let turn = angle == 0 ? nil : "rotate(\(number(angle)) \(number(x)) \(number(y)))"
        let attributes: KeyValuePairs<String, String> =
            turn.map {
                ["x": number(x), "y": number(y), "text-anchor": anchor.rawValue, "class": style, "transform": $0]
            } ?? ["x": number(x), "y": number(y), "text-anchor": anchor.rawValue, "class": style]
        return MarkupElement("text", attributes) {
            if let full, full != text { MarkupElement("title") { full } }
            text
        }
    }

    /// A straight line.
    static func line(
        _ start: (x: Double, y: Double), _ end: (x: Double, y: Double), class style: String
    ) -> MarkupElement {
        MarkupElement(
            "line",
            [
                "x1": number(start.x), "y1": number(start.y), "x2": number(end.x), "y2": number(end.y),
                "class": style,
            ])
    }

    /// A coordinate.
    static func number(_ value: Double) -> String { FixedDecimal.text(value, decimals: 2, trimmed: true) }

    /// A text that is cut in the middle to fit into a width.
    static func fitted(_ text: String, width: Double, size: Double = fontSize) -> String {
        guard SVGDrawing.width(of: text, size: size) > width else { return text }
        let count = max(3, Int(width / SVGDrawing.width(of: "x", size: size)))
        let tail = (count - 1) / 3
        return text.prefix(count - 1 - tail) + "…" + text.suffix(tail)
    }
}
