import Foundation
import TestSupport
import Testing

@testable import FusionBench

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("The page of a report")
struct ReportPageTests {
    private func page(_ jobs: [FinishedJob]) throws -> String {
        ReportPage(leaderboard: try #require(Leaderboard(jobs)), jobs: jobs).html
    }

    private func parsed(_ html: String) throws -> XMLDocument { try XMLDocument(data: Data(html.utf8)) }

    /// Elements of a name, wherever they stand.
    private func elements(_ node: XMLNode, _ name: String) -> [XMLElement] {
        let own = (node as? XMLElement).flatMap { $0.name == name ? [$0] : nil } ?? []
        return own + (node.children ?? []).flatMap { elements($0, name) }
    }

    private func attribute(_ element: XMLElement, _ name: String) -> String {
        element.attributes?.first { $0.name == name }?.stringValue ?? ""
    }

    private var jobs: [FinishedJob] {
        let learning = LearningRecord(
            coefficients: CoefficientTable(
                columns: ["x", "y"], rows: [("layers.0", [0.25, -0.5]), ("layers.1", [0.75, 1])]),
            curves: [
                LossCurve(name: "entropy of x", points: [(0, 2), (10, 1.5)]),
                LossCurve(name: "gone", points: [(0, .nan)]),
            ])
        return [
            SampleJobs.individual(
                0,
                [
                    "_pretrained_": ["x": 0.1, "y": 0.2, "z": 0.3], "x": ["x": 0.9, "y": 0.3, "z": 0.2],
                    "y": ["x": 0.4, "y": 0.8, "z": 0.5], "z": ["x": 0.4, "y": 0.1, "z": 0.7],
                ]),
            SampleJobs.merged(1, "average", ["x": 0.5, "y": 0.525, "z": 0.4]),
            SampleJobs.merged(2, "learned", ["x": 0.6, "y": 0.5, "z": 0.8], learning: learning),
            SampleJobs.merged(3, "half", ["x": 0.95]), SampleJobs.failed(4, "slerp", "needs 2 models"),
        ]
    }

    @Test("It is well-formed, has the numbers in its table, and each chart")
    func content() throws {
        let document = try parsed(page(jobs))
        let rows = elements(document, "tr").map { row in
            (row.children ?? []).compactMap(\.stringValue)
        }
        #expect(rows[0] == ["Model", "x", "y", "z", "Average", "Fusion, s", "Evaluation, s"])
        #expect(rows[1] == ["pretrained", "10.0", "20.0", "30.0", "20.0", "0.00", "0.50"])
        #expect(rows.contains(["each task's own model", "90.0", "80.0", "70.0", "80.0", "–", "–"]))
        #expect(rows.contains(["half", "95.0", "–", "–", "–", "1.50", "2.00"]))
        #expect(rows.contains(["slerp", "failed: needs 2 models"]))
        let bold = elements(document, "td").flatMap { elements($0, "strong") }.compactMap(\.stringValue)
        #expect(bold == ["52.5", "80.0", "63.3", "95.0"])

        let drawings = elements(document, "svg").filter { attribute($0, "role") == "img" }
        let labels = drawings.map { attribute($0, "aria-label") }
        try #require(labels.count == 4)
        #expect(labels[0].hasPrefix("Radar chart") && labels[0].contains("learned 63.3 %"))
        #expect(labels[1].hasPrefix("Bar chart of the average accuracy: each task's own model 80.0 %, learned 63.3 %"))
        #expect(labels[2].hasPrefix("Heat map") && labels[2].contains("x 0.50, y 0.25"))
        #expect(labels[3].contains("entropy of x from 2.000 to 1.500"))
        // Of the models of the pool, the pretrained one and the tasks' own ones are drawn; one line has a gap.
        let radar = elements(drawings[0], "title").compactMap(\.stringValue)
        #expect(radar.contains("learned, z: 80.0 %") && radar.contains("half, x: 95.0 %"))
        #expect(elements(drawings[2], "title").compactMap(\.stringValue).contains("layers.0, y: -0.500"))
        #expect(elements(document, "details").count == 4)
        let code = elements(document, "code").compactMap(\.stringValue)
        #expect(code.contains("sha256:00ff") && code.contains("#1 method=average"))
    }

    @Test("It needs nothing from elsewhere, and its bytes follow from the jobs")
    func selfContained() throws {
        let html = try page(jobs)
        #expect(try page(jobs) == html)
        let document = try parsed(html)
        for name in ["script", "link", "img", "iframe", "object"] { #expect(elements(document, name).isEmpty) }
        #expect(
            !html.contains("url(") && !html.contains("@import") && !html.contains(" href=") && !html.contains(" src="))
        #expect(!ReportStyleSheet.text.contains { "<>&\"".contains($0) })
        #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    }

    @Test("Names and configurations that look like markup are text")
    func escapes() throws {
        let evil = "</pre></style><script>alert('1')</script>&\"\u{0}\u{7}"
        let learning = LearningRecord(
            coefficients: CoefficientTable(columns: [evil], rows: [(evil, [1])]),
            curves: [LossCurve(name: evil, points: [(0, 1), (1, 2)])])
        let html = try page([
            SampleJobs.merged(0, evil, [evil: 0.5, "b": 1, "c": 0], method: "a: \"\(evil)\"", learning: learning),
            SampleJobs.failed(1, evil, evil),
        ])
        let document = try parsed(html)
        #expect(elements(document, "script").isEmpty && elements(document, "style").count == 1)
        #expect(!html.contains("<script") && html.contains("&lt;script&gt;"))
        let head = elements(document, "th").compactMap(\.stringValue)
        #expect(head.contains { $0.hasPrefix("</pre></style><script>alert('1')</script>&\"") })
    }

    @Test("Without much to show, what there is is shown")
    func little() throws {
        let document = try parsed(page([SampleJobs.merged(0, "a", ["x": 0.5, "y": .nan])]))
        // Two axes span nothing, and a radar of them would be a line.
        #expect(elements(document, "figure").count == 1)
        #expect(elements(document, "h2").compactMap(\.stringValue) == ["Accuracy", "How it was made"])
    }
}
