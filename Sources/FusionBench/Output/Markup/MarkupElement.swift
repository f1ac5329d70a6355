/// An element of a page or a drawing, written so that it is HTML and XML at once.
///
/// Whatever text and attributes hold is escaped as they are written: there is no way to write it otherwise.
///
/// ```swift
/// let list = MarkupElement("ul", ["class": "tasks"]) {
///     for task in tasks { MarkupElement("li") { task.name } }
/// }
/// ```
struct MarkupElement: Sendable {
    /// What stands in an element.
    enum Child: Sendable {
        case element(MarkupElement)
        case text(String)
    }

    let name: String
    private let attributes: [(name: String, value: String)]
    private let children: [Child]

    /// An element with its attributes, which are written in this order, and what stands in it.
    init(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
        @MarkupBuilder _ content: () -> [Child] = { [] }
    ) {
        self.name = name
        self.attributes = attributes.map { (name: $0.key, value: $0.value) }
        children = content()
    }

    /// Elements of HTML that have no end, and shapes of SVG, in which nothing stands here.
    private static let empty: Set<String> = [
        "meta", "br", "hr", "col", "rect", "line", "circle", "path", "polygon", "polyline",
    ]

    /// The element as text.
    var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// Adds the element to a text.
    func write(to text: inout String) {
        text += "<" + name
        for attribute in attributes { text += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
        if children.isEmpty, Self.empty.contains(name) {
            text += "/>"
            return
        }
        text += ">"
        for child in children {
            switch child {
            case .element(let element): element.write(to: &text)
            case .text(let content): text += Self.escaped(content)
            }
        }
        text += "</\(name)>"
    }

    /// Text as XML and HTML have it; what XML cannot hold becomes a replacement character.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Collects texts and elements, in order, into what stands in an element.
@resultBuilder
enum MarkupBuilder {
    typealias Children = [MarkupElement.Child]

    static func buildExpression(_ text: String) -> Children { [.text(text)] }
    static func buildExpression(_ element: MarkupElement) -> Children { [.element(element)] }
    static func buildExpression(_ element: MarkupElement?) -> Children { element.map { [.element($0)] } ?? [] }
    static func buildExpression(_ elements: [MarkupElement]) -> Children { elements.map { .element($0) } }
    static func buildBlock(_ parts: Children...) -> Children { parts.flatMap { $0 } }
    static func buildOptional(_ children: Children?) -> Children { children ?? [] }
    static func buildEither(first children: Children) -> Children { children }
    static func buildEither(second children: Children) -> Children { children }
    static func buildArray(_ parts: [Children]) -> Children { parts.flatMap { $0 } }
}
