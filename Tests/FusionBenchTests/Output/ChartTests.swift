import Testing

@testable import FusionBench

@Suite("Charts")
struct ChartTests {
    @Test(
        "Axes have round marks that hold all numbers",
        arguments: [
            ([0, 1], [0, 0.2, 0.4, 0.6, 0.8, 1]), ([3, 97], [0, 20, 40, 60, 80, 100]),
            ([0.12, 0.13], [0.12, 0.122, 0.124, 0.126, 0.128, 0.13]),
            ([-5, 5], [-6, -4, -2, 0, 2, 4, 6]), ([], [0, 0.2, 0.4, 0.6, 0.8, 1]),
            ([.nan, .infinity], [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ] as [([Double], [Double])])
    func marks(_ values: [Double], _ marks: [Double]) {
        let scale = AxisScale(holding: values, steps: marks.count - 1)
        #expect(scale.marks.count == marks.count)
        for (found, expected) in zip(scale.marks, marks) { #expect(abs(found - expected) < 1e-9, "\(scale.marks)") }
    }

    @Test("Any numbers have an axis", arguments: [1, 0, -3.5, 1e-300, 1e99, 1e15] as [Double])
    func anyAxis(_ value: Double) {
        let scale = AxisScale(holding: [value])
        #expect((1...6).contains(scale.marks.count - 1) && scale.range.contains(value))
        #expect(scale.marks.allSatisfy { !scale.text($0).isEmpty })
    }

    @Test("Parameters are grouped by their layers")
    func layers() {
        let names = [
            "m.embed.class", "m.embed.patch.weight", "m.encoder.layers.0.a.weight", "m.encoder.layers.0.b",
            "m.encoder.layers.10.a.weight", "m.norm.weight",
        ]
        let groups = LayerGroups(names).groups
        #expect(groups.map(\.name) == ["embed", "layers.0", "layers.10", "norm"])
        #expect(groups.map(\.rows) == [0..<2, 2..<4, 4..<5, 5..<6])
        #expect(LayerGroups([]).groups.isEmpty)
        #expect(LayerGroups(["", "a", "0.1"]).groups.map(\.name) == ["", "a", "0"])
    }

    @Test("Colours go from light to dark, and letters on them can be read")
    func colors() {
        #expect(ColorRamp.text(ColorRamp.signed(0)) == "#f7fcf0" && ColorRamp.text(ColorRamp.signed(1)) == "#084081")
        #expect(
            ColorRamp.text(ColorRamp.signed(-1)) == "#7f3b08" && ColorRamp.text(ColorRamp.signed(.nan)) == "#bbbbbb")
        #expect(ColorRamp.signed(7) == ColorRamp.signed(1))
        #expect(ColorRamp.isLight(ColorRamp.signed(0)) && !ColorRamp.isLight(ColorRamp.signed(1)))
    }

    private func count(_ text: String, in markup: MarkupElement) -> Int { markup.text.ranges(of: text).count }

    @Test("Where a share is missing, a radar's line has a gap")
    func radarGaps() {
        func chart(_ values: [Double?]) -> MarkupElement {
            let series = ChartSeries(name: "a", style: SeriesStyle(number: 0))
            return RadarChart(
                label: "", axes: values.indices.map { "task \($0)" },
                polygons: [RadarChart.Polygon(series: series, values: values)]
            ).element
        }
        #expect(count("class=\"line series1\"", in: chart([0.1, 0.2, 0.3, 0.4])) == 1)
        // Three axes end half a radius of 160 below the centre, four a whole one of 158.24, as wide as their names allow.
        #expect(count("viewBox=\"0 0 420 308\"", in: chart([0.1, 0.2, 0.3])) == 1)
        #expect(count("viewBox=\"0 0 420 384.48\"", in: chart([0.1, 0.2, 0.3, 0.4])) == 1)
        let gap = chart([0.1, nil, 0.3, 0.4])
        #expect(count("<line", in: gap) == 4 + 2 && count("<circle", in: gap) == 3)
    }

    @Test("Lines have gaps where numbers are not finite, and keep peaks of very many points")
    func lines() {
        func chart(_ points: [(step: Int, value: Double)]) -> MarkupElement {
            let series = ChartSeries(name: "a", style: SeriesStyle(number: 9))
            return LineChart(label: "", stepName: "step", lines: [.init(series: series, points: points)]).element
        }
        let gaps = chart([(0, 1), (1, 2), (2, .nan), (3, 4), (4, .infinity)])
        #expect(count("<polyline", in: gaps) == 1 && count("<circle", in: gaps) == 1)
        #expect(gaps.text.contains("dash1"))
        let many = chart((0..<100_000).map { (step: $0, value: $0 == 54_321 ? 9 : 1) })
        #expect(many.text.utf8.count < 20_000)
        // Of 1 and 9 on an axis from 0 to 10, the one is near the bottom and the other near the top.
        let list = many.text.split(separator: "\"").first { $0.contains(",") && $0.count > 1000 } ?? ""
        let heights = Set(list.split(separator: " ").compactMap { $0.split(separator: ",").last }.map(String.init))
        #expect(heights == ["172", "28"])
    }

    @Test("Many rows of a heat map stay within a page; names of groups do not overlap")
    func heatMap() {
        let names = (0..<300).map { "layers.\($0 / 12).p\($0 % 12)" }
        let map = HeatMap(
            label: "", columns: (0..<20).map { "task \($0)" },
            rows: names.map { ($0, [Double](repeating: 0.5, count: 20)) }, strongest: 1
        ).element.text
        #expect(map.ranges(of: "<rect").count == 300 * 20 + 60)
        #expect(map.contains("layers.24") && !map.contains("p11"))
    }

    @Test("Long names are cut in the middle")
    func fitted() {
        #expect(ChartElement.fitted("short", width: 100) == "short")
        let cut = ChartElement.fitted("a_very_long_name_of_a_method", width: 100)
        #expect(cut.hasPrefix("a_very") && cut.contains("…") && cut.hasSuffix("hod") && cut.count <= 14)
    }
}

@Suite("Markup")
struct MarkupTests {
    @Test("What it holds is escaped; only empty elements have no end")
    func escaped() {
        let element = MarkupElement("p", ["title": "a\"<b>&"]) {
            "x < y\u{1}"
            MarkupElement("br")
            if true { MarkupElement("b") }
        }
        #expect(element.text == "<p title=\"a&quot;&lt;b&gt;&amp;\">x &lt; y\u{FFFD}<br/><b></b></p>")
    }

    @Test("Names may be broken after what joins their words")
    func breakable() {
        let element = MarkupElement("p") { MarkupElement.breakable("a_b/c") }
        #expect(element.text == "<p>a_<wbr/>b/<wbr/>c</p>")
    }
}
