import Foundation
import Synchronization
import Testing

@testable import Fabric

/// A terminal or a log in memory, with a clock.
private final class FakeOutput: ProgressOutput {
    let width: Int?
    let style = ProgressStyle.ascii
    private let texts = Mutex<[String]>([])
    private let clock = Mutex(100.0)

    init(width: Int? = nil) {
        self.width = width
    }

    func write(_ text: String) { texts.withLock { $0.append(text) } }

    /// What was written since the last call.
    func taken() -> [String] {
        texts.withLock { texts in
            defer { texts = [] }
            return texts
        }
    }

    var now: Double { clock.withLock { $0 } }

    func wait(_ seconds: Double) { clock.withLock { $0 += seconds } }

    func bar(total: Int?, initial: Int = 0, display: ProgressDisplay) -> ProgressBar {
        ProgressBar(
            total: total, description: "work", unit: "it", initial: initial, display: display, now: { self.now })
    }
}

@Suite("Progress bar")
struct ProgressBarTests {
    @Test("A terminal's line is drawn at most ten times a second, over the one before")
    func terminal() {
        let output = FakeOutput()
        let bar = output.bar(total: 4, display: .terminal(output))
        #expect(output.taken() == ["\rwork:   0%|          | 0/4 [00:00<?, ?it/s]"])
        output.wait(0.05)
        bar.advance()
        #expect(output.taken() == [])
        output.wait(0.45)
        bar.advance()
        #expect(output.taken() == ["\rwork:  50%|#####     | 2/4 [00:00<00:00,  4.00it/s]"])
        bar.set(postfix: [("loss", 0.123456), ("n", 3)])
        #expect(output.taken() == [])
        output.wait(1.5)
        bar.refresh()
        // Nothing was done meanwhile, so the rate is the one before.
        #expect(output.taken() == ["\rwork:  50%|#####     | 2/4 [00:02<00:00,  4.00it/s, loss=0.123, n=3]"])
        bar.set(postfix: "")
        output.wait(2)
        bar.update(completed: 4)
        // The time of the slow part counts as a whole: averages of 2 a 0.5 s and 2 a 3.5 s.
        #expect(
            output.taken() == [
                "\rwork: 100%|##########| 4/4 [00:04<00:00,  1.13s/it]" + String(repeating: " ", count: 17)
            ])
        bar.finish()
        #expect(output.taken() == ["\rwork: 100%|##########| 4/4 [00:04<00:00,  1.00it/s]", "\n"])
        bar.finish()
        bar.advance()
        output.wait(1)
        bar.refresh()
        #expect(output.taken() == [])
    }

    @Test("The bar fills the width that the terminal has")
    func width() {
        let output = FakeOutput(width: 50)
        let bar = output.bar(total: 2, display: .terminal(output))
        output.wait(1)
        bar.advance()
        #expect(output.taken().allSatisfy { $0.count == 51 && $0.hasPrefix("\r") })
    }

    @Test("A log gets lines at quarters and when the interval is over")
    func lines() {
        let output = FakeOutput()
        let bar = output.bar(total: 100, display: .lines(output, interval: 30))
        #expect(output.taken() == [])
        func advance(_ count: Int, after seconds: Double) -> [String] {
            output.wait(seconds)
            bar.advance(by: count)
            return output.taken()
        }
        #expect(advance(10, after: 10) == [])
        #expect(advance(14, after: 14) == [])
        #expect(advance(1, after: 1) == ["work:  25% 25/100 [00:25<01:15,  1.00it/s]\n"])
        #expect(advance(1, after: 29) == [])
        #expect(advance(1, after: 1) == ["work:  27% 27/100 [00:55<02:57,  2.44s/it]\n"])
        #expect(advance(50, after: 1).count == 1)
        #expect(advance(22, after: 1).count == 0)
        #expect(advance(1, after: 1) == ["work: 100% 100/100 [00:58<00:00,  1.72it/s]\n"])
        bar.finish()
        #expect(output.taken() == [])
    }

    @Test("A log gets a last line where the work ended early or its size was unknown")
    func lastLine() {
        let output = FakeOutput()
        do {
            let bar = output.bar(total: 100, initial: 50, display: .lines(output, interval: 30))
            output.wait(10)
            bar.advance(by: 5)
            #expect(output.taken() == [])
        }
        #expect(output.taken() == ["work:  55% 55/100 [00:10<01:30,  2.00s/it]\n"])
        let bar = output.bar(total: nil, display: .lines(output, interval: 30))
        output.wait(40)
        bar.update(completed: 80)
        #expect(output.taken() == ["work: 80it [00:40,  2.00it/s]\n"])
        bar.finish()
        #expect(output.taken() == ["work: 80it [00:40,  2.00it/s]\n"])
    }

    @Test("Counts from elsewhere never go back")
    func lateCounts() {
        let output = FakeOutput()
        let bar = output.bar(total: 10, display: .none)
        bar.update(completed: 5)
        bar.update(completed: 3)
        #expect(bar.state.completed == 5)
        bar.advance(by: 2)
        bar.set(total: 20)
        bar.set(description: "more")
        #expect(bar.state.completed == 7 && bar.state.total == 20 && bar.state.description == "more")
    }

    @Test("A quiet bar shows nothing")
    func quiet() {
        let output = FakeOutput()
        guard case .none = ProgressDisplay.standard(quiet: true) else {
            Issue.record("a quiet display shows something")
            return
        }
        let bar = output.bar(total: 3, display: .none)
        output.wait(100)
        bar.advance(by: 3)
        bar.finish()
        #expect(output.taken() == [] && bar.state.elapsed == 100)
    }

    @Test("Something else may be written in between")
    func interruption() {
        let output = FakeOutput()
        let bar = output.bar(total: 4, display: .terminal(output))
        let first = output.taken()[0]
        let result = bar.interrupt {
            output.wait(1)
            bar.advance()
            output.write("a message\n")
            return 7
        }
        #expect(result == 7)
        #expect(
            output.taken() == [
                "\r" + String(repeating: " ", count: first.count - 1) + "\r", "a message\n",
                "\rwork:  25%|##5       | 1/4 [00:01<00:03,  1.00it/s]",
            ])
    }

    @Test("Threads count together")
    func threads() {
        let output = FakeOutput()
        let bar = output.bar(total: 8000, display: .lines(output, interval: 30))
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<1000 { bar.advance() }
        }
        #expect(bar.state.completed == 8000)
        #expect(output.taken() == [], "what is over at once needs no lines")
        output.wait(2)
        bar.finish()
        #expect(output.taken().map { $0.split(separator: "%")[0] } == ["work: 100"])
    }
}

@Suite("Where progress is shown")
struct ProgressOutputTests {
    @Test("UTF-8 is found in the names of locales")
    func locales() {
        #expect(DescriptorOutput.isUTF8(locale: "en_US.UTF-8") && DescriptorOutput.isUTF8(locale: "C.utf8"))
        #expect(!DescriptorOutput.isUTF8(locale: "C") && !DescriptorOutput.isUTF8(locale: "de_DE.ISO-8859-1"))
    }

    @Test("A terminal gets a bar as wide as it is, a pipe gets lines")
    func terminal() throws {
        var ends: (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 10, ws_col: 77, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&ends.0, &ends.1, nil, nil, &size) == 0)
        defer {
            close(ends.0)
            close(ends.1)
        }
        let output = DescriptorOutput(descriptor: ends.1)
        #expect(output.width == 77)
        if ProcessInfo.processInfo.environment["TERM"] != "dumb" {
            guard case .terminal = ProgressDisplay.choice(quiet: false, output: output, isTerminal: true) else {
                Issue.record("a terminal gets no bar")
                return
            }
        }
        output.write("\rbar")
        var bytes = [UInt8](repeating: 0, count: 17)
        #expect(read(ends.0, &bytes, 16) == 4 && bytes.starts(with: "\rbar".utf8))

        let pipe = Pipe()
        let other = DescriptorOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        guard case .lines(_, interval: 30) = ProgressDisplay.choice(quiet: false, output: other, isTerminal: false)
        else {
            Issue.record("a pipe gets a bar")
            return
        }
    }
}
