import Glibc

/// The characters that bars are drawn with.
public enum ProgressStyle: Sendable {
    /// Blocks, with eighths of them.
    case unicode
    /// `#`, with digits for tenths.
    case ascii

    /// From empty to full.
    var steps: [Character] { self == .unicode ? Array(" ▏▎▍▌▋▊▉█") : Array(" 123456789#") }
}

extension ProgressState {
    /// One line with a bar: `desc:  42%|████▏     | 42/100 [00:03<00:05, 11.20it/s, loss=0.123]`.
    ///
    /// - Parameters:
    ///   - width: The columns of the terminal, which the bar fills; nil for a bar of ten columns.
    ///   - style: The characters of the bar.
    /// - Returns: The line, without a line break.
    public func line(width: Int?, style: ProgressStyle) -> String {
        guard let total = knownTotal else { return ProgressTextWidth.trimmed(unknownTotalText, to: width) }
        let left = lead + percentage(of: total) + "|"
        let right = "| " + counts(of: total)
        let room = width.map { max(1, $0 - ProgressTextWidth.columns(left + right)) } ?? 10
        let bar = Self.bar(fraction: Double(completed) / Double(total), width: room, style: style)
        return ProgressTextWidth.trimmed(left + bar + right, to: width)
    }

    /// The same numbers without a bar, for logs: `desc:  42% 42/100 [00:03<00:05, 11.20it/s, loss=0.123]`.
    public var plainLine: String {
        guard let total = knownTotal else { return unknownTotalText }
        return lead + percentage(of: total) + " " + counts(of: total)
    }

    private var lead: String {
        if description.isEmpty { return "" }
        let text = ProgressTextWidth.withoutControls(description)
        return text.hasSuffix(": ") ? text : text + ": "
    }

    private var unknownTotalText: String {
        let text = ProgressTextWidth.withoutControls(description)
        return (text.isEmpty ? "" : text + ": ") + "\(completed)\(unit) [\(Self.interval(elapsed)), \(rateAndPostfix)]"
    }

    private func percentage(of total: Int) -> String {
        Self.fixed(Double(completed) / Double(total) * 100, width: 3, digits: 0) + "%"
    }

    private func counts(of total: Int) -> String {
        "\(completed)/\(total) [\(Self.interval(elapsed))<\(remaining.map(Self.interval) ?? "?"), \(rateAndPostfix)]"
    }

    private var rateAndPostfix: String {
        let speed =
            switch rate {
            case .none: "?" + unit + "/s"
            case .some(let rate) where 1 / rate > 1: Self.fixed(1 / rate, width: 5, digits: 2) + "s/" + unit
            case .some(let rate): Self.fixed(rate, width: 5, digits: 2) + unit + "/s"
            }
        return speed + (postfix.isEmpty ? "" : ", " + ProgressTextWidth.withoutControls(postfix))
    }

    static func bar(fraction: Double, width: Int, style: ProgressStyle) -> String {
        let steps = style.steps
        let parts = steps.count - 1
        let filled = min(Int(max(0, fraction) * Double(width) * Double(parts)), width * parts)
        let whole = filled / parts
        var bar = String(repeating: steps[parts], count: whole)
        if whole < width {
            bar.append(steps[filled % parts])
            bar += String(repeating: steps[0], count: width - whole - 1)
        }
        return bar
    }

    /// Seconds as `MM:SS` or `H:MM:SS`.
    static func interval(_ seconds: Double) -> String {
        // A rate close to zero makes longer ones than anybody waits for.
        guard seconds < 1e12 else { return "?" }
        let whole = Int(max(0, seconds))
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return (hours > 0 ? "\(hours):" : "") + two(minutes) + ":" + two(whole % 60)
    }

    private static func fixed(_ value: Double, width: Int, digits: Int) -> String {
        printed("%*.*f", [width, digits, value])
    }

    /// A number as postfixes show it: with three digits, or as it is where that is shorter.
    static func short(_ value: Double) -> String {
        let rounded = printed("%.3g", [value]).replacing("e+0", with: "e+").replacing("e-0", with: "e-")
        let full = PythonNumber.text(value)
        return rounded.count < full.count ? rounded : full
    }

    private static func printed(_ format: String, _ arguments: [any CVarArg]) -> String {
        // A double has at most 309 digits before the point.
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList(arguments) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
