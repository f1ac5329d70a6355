import TestSupport
import Testing

@testable import Configuration

@Suite("Inputs that did harm once", .serialized)
struct RegressionTests {
    static let crashes: [Regression] = [
        Regression(
            "Aliases added up to a depth that no stack holds", .yaml,
            YAMLFuzzText.chainedAliases(90, depth: 190)),
        Regression(
            "Sorting a range up to the largest number went past it", .override,
            "k=sort(range(-9223372036854775808,9223372036854775807),reverse=true)"),
        Regression(
            "Sorting a range with a large step went past the largest number", .override,
            "k=sort(range(9223372036854775807,-9223372036854775808,9223372036854775807))"),
        Regression(
            "The smallest number as the name of a mode had no predecessor", .composition,
            "hydra.mode=-9223372036854775808"),
        Regression(
            "References led on to references until the stack was full", .resolution,
            (0..<5000).map { "a\($0): ${a\($0 + 1)}\n" }.joined()),
        Regression(
            "Decoded text decoded itself until the stack was full", .resolution,
            "x: ${oc.decode:${t}}\n" + #"t: '\${oc.decode:\${t}}'"#),
        Regression(
            "References in deep lists added up to a depth that no stack holds", .resolution,
            (0..<60).map { index in
                "a\(index): " + String(repeating: "[", count: 190) + "'${a\(index + 1)}'"
                    + String(repeating: "]", count: 190) + "\n"
            }.joined() + "a60: [1]"),
    ]

    static let delays: [Regression] = [
        Regression("A whole number of many digits took the square of their time", .yaml, "k: " + digits(100_000)),
        Regression("So did one in base 16", .yaml, "k: 0x" + digits(100_000)),
        Regression("So did one in base 60", .yaml, "k: 1" + String(repeating: ":1", count: 50_000)),
        Regression("So did one in an argument", .override, "k=" + digits(50_000)),
        Regression(
            "Brackets before a tab took the square of their time", .yaml, String(repeating: "[", count: 50_000) + "\t"),
        Regression("The smallest step was added digit by digit", .override, "k=range(0,1,5e-324)"),
        Regression("A step too small to change a sum was added all the same", .override, "k=range(1e300,1e308,1)"),
        Regression(
            "The keys of a dictionary were compared with each other", .override,
            "k={" + (0..<6_000).map { "k\($0):1" }.joined(separator: ",") + "}"),
        Regression(
            "The dots of an interpolation were counted at each dot", .interpolation,
            "${" + String(repeating: ".", count: 30_000) + "}"),
        Regression(
            "The end of a path was looked for at each bracket", .resolution,
            "k: \"${oc.select:'" + String(repeating: "[", count: 20_000) + "'}\""),
        Regression(
            "A text doubled at each reference", .resolution,
            "a0: xx\n" + (0..<40).map { "a\($0 + 1): ${a\($0)}${a\($0)}\n" }.joined()),
        Regression(
            "The references to be looked up doubled at each level", .resolution,
            (0..<40).map { "a\($0): ${a\($0 + 1)}${a\($0 + 1)}\n" }.joined() + "a40: x"),
        Regression(
            "A list doubled at each reference", .resolution,
            "a0: [x, x]\n" + (0..<40).map { "a\($0 + 1): ['${a\($0)}', '${a\($0)}']\n" }.joined()),
        Regression(
            "An argument's list doubled at each reference", .resolution,
            "a0: [x, x]\n" + (0..<40).map { "a\($0 + 1): '${oc.create:[${a\($0)},${a\($0)}]}'\n" }.joined()),
    ]

    private static func digits(_ count: Int) -> String { String(repeating: "1", count: count) }

    @Test("Crashes", arguments: crashes)
    func crash(_ regression: Regression) {
        run(regression)
    }

    @Test("Delays", arguments: delays)
    func delay(_ regression: Regression) {
        run(regression)
    }

    private func run(_ regression: Regression) {
        let (text, label) = (regression.input, regression.harm)
        switch regression.target {
        case .yaml: YAMLFuzzTests.target.run(on: Array(text.utf8), label: label)
        case .override: OverrideFuzzTests.target.run(on: text, label: label)
        case .interpolation: InterpolationFuzzTests.parserTarget.run(on: text, label: label)
        case .resolution: InterpolationFuzzTests.resolutionTarget.run(on: text, label: label)
        case .composition:
            let input = CommandInput(configName: "no_defaults", arguments: [text], isMultirun: false)
            CompositionFuzzTests.target.run(on: input, label: label)
        }
    }
}
