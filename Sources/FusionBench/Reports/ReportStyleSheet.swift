/// How the page of a report looks, in light and dark, on wide and narrow screens, and on paper.
///
/// It stands in the page as it is, and must be HTML and XML at once: it holds no ampersand, angle bracket or double quote.
enum ReportStyleSheet {
    /// The style sheet.
    ///
    /// The colours of series are those of Okabe and Ito, which people with any colour vision can tell apart, darker or
    /// lighter as the background needs it.
    static let text = """
        :root {
          color-scheme: light dark;
          --page: #ffffff; --text: #1c2024; --soft: #5b6470; --rule: #dfe3e8; --shade: #f5f7f9; --grid: #d5dae0;
          --alarm: #a4262c; --plain: #9aa4b0;
          --series1: #0072b2; --series2: #d55e00; --series3: #008c66; --series4: #b5508f;
          --series5: #b37a00; --series6: #3a9bd9; --series7: #40454d; --series8: #8a6a3c;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171a; --text: #e6e9ec; --soft: #9aa5b1; --rule: #2e353c; --shade: #1c2125; --grid: #343c44;
            --alarm: #ff8a8a; --plain: #66717d;
            --series1: #4da6e8; --series2: #ff8b4d; --series3: #2fc79c; --series4: #e58fc4;
            --series5: #f0b429; --series6: #a3d8ff; --series7: #c9d1d9; --series8: #c9a66b;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--page); color: var(--text);
          font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
        }
        main { max-width: 1200px; margin: 0 auto; padding: 40px 24px 64px; }
        h1 { font-size: 32px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 6px; }
        h2 { font-size: 20px; line-height: 1.3; margin: 44px 0 14px; }
        .lead { margin: 0; font-size: 18px; color: var(--soft); }
        .lead strong { color: var(--text); font-weight: 600; }
        .note { margin: 10px 0 0; font-size: 14px; color: var(--soft); max-width: 72ch; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 15px; }
        table.level, table.upright { min-width: 100%; }
        th, td { padding: 7px 12px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
        th { font-weight: 500; }
        thead th { color: var(--soft); font-size: 14px; vertical-align: bottom; border-bottom: 2px solid var(--rule); }
        th.label { text-align: left; position: sticky; left: 0; background: var(--page); padding-left: 0; }
        tbody th.label span { display: block; width: max-content; max-width: 280px; white-space: normal;
          overflow-wrap: anywhere; }
        td.seconds, th.seconds { color: var(--soft); }
        td.average { border-left: 1px solid var(--rule); }
        td strong { font-weight: 700; }
        tr.single th.label, tr.single td { color: var(--soft); }
        tr.failed td { text-align: left; color: var(--alarm); white-space: normal; min-width: 240px; }
        table.upright { font-size: 13px; }
        table.upright td, table.upright th { padding: 6px 4px; }
        table.upright th.label { padding-left: 0; padding-right: 8px; }
        table.upright tbody th.label span { max-width: 200px; }
        table.upright thead th span { writing-mode: vertical-rl; transform: rotate(180deg); }
        .charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 36px 48px; align-items: start; }
        section.charts { margin-top: 40px; }
        figure { margin: 0; break-inside: avoid; min-width: 0; }
        figcaption { font-weight: 600; margin: 0 0 8px; overflow-wrap: anywhere; }
        figure svg { display: block; width: 100%; height: auto; }
        .legend { list-style: none; margin: 10px 0 0; padding: 0; font-size: 14px; display: flex; flex-wrap: wrap;
          gap: 4px 18px; }
        .legend li { display: flex; align-items: center; gap: 7px; min-width: 0; overflow-wrap: anywhere; }
        .legend svg { width: 26px; flex: none; }
        svg text { font-family: inherit; font-size: 12.5px; fill: var(--text); }
        svg .axis { font-size: 12px; fill: var(--soft); }
        svg .mark { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
        svg .small { font-size: 11px; } svg .dark { fill: #14171a; } svg .light { fill: #ffffff; }
        svg .number { font-variant-numeric: tabular-nums; }
        svg .best { font-weight: 700; }
        svg .halo { paint-order: stroke; stroke: var(--page); stroke-width: 3px; stroke-linejoin: round; }
        svg .grid { fill: none; stroke: var(--grid); stroke-width: 1; }
        svg .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
        svg .area { stroke: none; fill-opacity: 0; }
        svg .plain { fill: var(--plain); }
        svg .dash1 { stroke-dasharray: 6 4; } svg .dash2 { stroke-dasharray: 1.5 4; }
        svg .dash3 { stroke-dasharray: 8 3 2 3; }
        svg .polygon:hover .line { stroke-width: 3.6; }
        svg .polygon:hover .area { fill-opacity: 0.16; }
        \(seriesRules)
        dl { margin: 0 0 18px; display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; }
        dt { color: var(--soft); grid-column: 1; } dd { margin: 0; grid-column: 2; overflow-wrap: anywhere; }
        code, pre { font: 13px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
        details { border-top: 1px solid var(--rule); } details:last-child { border-bottom: 1px solid var(--rule); }
        summary { cursor: pointer; padding: 9px 0; overflow-wrap: anywhere; }
        .folded { padding: 2px 0 16px; }
        .owner { margin: 12px 0 6px; font-weight: 500; overflow-wrap: anywhere; } .owner:first-child { margin-top: 0; }
        .job { margin: 0 0 2px; overflow-wrap: anywhere; }
        pre { margin: 0; padding: 14px 16px; background: var(--shade); border-radius: 6px; overflow-x: auto; }
        table.files { font-size: 14px; } table.files td { text-align: left; } table.files tr:last-child * { border: 0; }
        @media (max-width: 760px) {
          main { padding: 24px 16px 48px; }
          h1 { font-size: 27px; } h2 { margin-top: 36px; } .lead { font-size: 16px; }
          .charts { grid-template-columns: minmax(0, 1fr); }
          th, td { padding: 7px 9px; }
          tbody th.label span { max-width: 128px; }
          dl { grid-template-columns: minmax(0, 1fr); } dd { grid-column: 1; margin-bottom: 6px; }
        }
        @media print {
          :root { --page: #ffffff; --text: #000000; --soft: #444444; --rule: #bbbbbb; --shade: #f5f5f5; --grid: #cccccc; }
          main { max-width: none; padding: 0; } body { font-size: 12px; } .scroll { overflow: visible; }
          section { break-inside: auto; } h2 { break-after: avoid; } pre { white-space: pre-wrap; }
        }

        """

    /// The colour of each series.
    private static let seriesRules = (1...SeriesStyle.colorCount).map { number in
        "svg .line.series\(number) { stroke: var(--series\(number)); } "
            + "svg .point.series\(number), svg .area.series\(number) { fill: var(--series\(number)); }"
    }.joined(separator: "\n")
}
