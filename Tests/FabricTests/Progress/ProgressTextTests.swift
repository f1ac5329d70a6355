import JSON
import Testing

@testable import Fabric

@Suite("Progress as text")
struct ProgressTextTests {
    @Test("The same lines as tqdm")
    func parity() throws {
        let lines = try #require(LoggerFixtures.json("tqdm_lines")["lines"]?.array)
        #expect(lines.count > 60)
        for expected in lines {
            var state = ProgressState()
            state.completed = try #require(expected["n"]?.int)
            state.total = expected["total"]?.int
            state.elapsed = try #require(expected["elapsed"]?.double)
            state.description = try #require(expected["prefix"]?.string)
            state.unit = try #require(expected["unit"]?.string)
            state.recentRate = expected["rate"]?.double
            state.postfix = try #require(expected["postfix"]?.string)
            state.initial = try #require(expected["initial"]?.int)
            let width = expected["ncols"]?.int
            let style: ProgressStyle = expected["ascii"] == true ? .ascii : .unicode
            let line = width == 0 ? state.plainLine : state.line(width: width, style: style)
            #expect(line == expected["line"]?.string)
        }
    }

    @Test("The same numbers behind a line as tqdm")
    func numbers() throws {
        for pair in try #require(LoggerFixtures.json("tqdm_lines")["numbers"]?.array).compactMap(\.array) {
            #expect(ProgressState.short(try #require(pair[0].double)) == pair[1].string)
        }
    }

    @Test("The same smoothed rate as tqdm")
    func rates() throws {
        var rate = ProgressRate()
        #expect(rate.value == nil)
        for measured in try #require(LoggerFixtures.json("tqdm_lines")["rates"]?.array).compactMap(\.array) {
            rate.add(try #require(measured[0].int), seconds: try #require(measured[1].double))
            #expect(abs(try #require(rate.value) - #require(measured[2].double)) < 1e-9)
        }
    }

    @Test("Control characters do not break the line")
    func controls() {
        var state = ProgressState()
        state.description = "a\nb\tc"
        state.postfix = "x\r\u{1B}[2Jy"
        #expect(state.plainLine == "a b c: 0it [00:00, ?it/s, x  [2Jy]")
    }

    @Test("Numbers without bounds have a text too")
    func extremes() {
        var state = ProgressState()
        state.total = .max
        state.completed = 1
        state.elapsed = .infinity
        state.recentRate = .leastNonzeroMagnitude
        #expect(state.plainLine.hasPrefix("  0% 1/9223372036854775807 [?<?, "))
        state.completed = .max
        state.elapsed = -1
        state.recentRate = .nan
        #expect(state.line(width: 60, style: .ascii).hasPrefix("100%|#"))
        #expect(state.line(width: 1, style: .ascii) == "1" && state.line(width: 0, style: .ascii) == "")
    }

    @Test("Marks take no columns, wide characters two")
    func width() {
        #expect(ProgressTextWidth.columns("abc") == 3)
        #expect(ProgressTextWidth.columns("e\u{301}a") == 2)
        #expect(ProgressTextWidth.columns("模型🚀▏") == 7)
        #expect(ProgressTextWidth.trimmed("模型a", to: 3) == "模")
    }
}
