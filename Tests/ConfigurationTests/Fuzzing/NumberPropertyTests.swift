import TestSupport
import Testing

@testable import Configuration

/// Numbers of any size against slower and simpler arithmetic.
@Suite("Numbers of any size")
struct NumberPropertyTests {
    private static let floats = FuzzTarget(name: "floats") { random in
        var bits = random.next()
        // Half of them near whole and short decimal numbers, where the layout changes.
        if random.chance(percent: 50) {
            let power = random.number(in: -25...25)
            bits = (Double("\(random.number(in: -1000...1000))e\(power)") ?? 0).bitPattern
        }
        return String(bits)
    } check: { text in
        guard let bits = UInt64(text) else { throw PropertyFailure("no number") }
        let number = Double(bitPattern: bits)
        for written in [PythonText.float(number), YAMLEmitter.float(number).replacing(".inf", with: "inf")] {
            let read = Double.fromPython(written.replacing(".nan", with: "nan"))
            guard read.bitPattern == bits || (read.isNaN && number.isNaN) else {
                throw PropertyFailure("\(number) is written as \(written), which is \(read)")
            }
        }
        if number.isFinite, YAMLScalarType.tag(of: YAMLEmitter.float(number)) != .float {
            throw PropertyFailure("\(YAMLEmitter.float(number)) is no float in YAML")
        }
    }

    private static let arithmetic = FuzzTarget(name: "arithmetic") { random in
        func number() -> String {
            let digits = random.pick([1, 9, 10, 18, 19, 20, 60])
            return random.pick(["", "", "-"])
                + (0...random.below(digits)).map { _ in String(random.below(10)) }.joined()
        }
        return "\(number()) \(number()) \(random.below(1 << 32))"
    } check: { text in
        let words = text.split(separator: " ").map(String.init)
        guard let left = WholeNumber(text: words[0]), let right = WholeNumber(text: words[1]),
            let factor = UInt32(words[2])
        else { throw PropertyFailure("not read") }
        let (first, second) = (DigitString(words[0]), DigitString(words[1]))
        func expect(_ found: String, _ expected: DigitString, _ operation: String) throws {
            if found != expected.text { throw PropertyFailure("\(operation): \(found), not \(expected.text)") }
        }
        try expect(left.magnitude.description, first, "magnitude")
        try expect((left.magnitude + right.magnitude).description, first + second, "+")
        let isSmaller = left.magnitude < right.magnitude
        if isSmaller != (first < second) { throw PropertyFailure("<: \(isSmaller)") }
        if !isSmaller { try expect((left.magnitude - right.magnitude).description, first - second, "-") }
        var product = left.magnitude
        product.multiply(by: factor, adding: 7)
        try expect(product.description, first * factor + DigitString("7"), "×")
        let shift = Int(factor % 40)
        let zeros = String(repeating: "0", count: shift)
        try expect(left.magnitude.shiftedLeft(decimalDigits: shift).description, DigitString(words[0] + zeros), "shift")
        if WholeNumber(text: left.description) != left { throw PropertyFailure("\(left) reads back differently") }
        if (left < right) != (left.double < right.double), left.double != right.double {
            throw PropertyFailure("order of \(left) and \(right)")
        }
    }

    private static let decimals = FuzzTarget(name: "decimals") { random in
        func number() -> String {
            String(Double(random.number(in: -1_000_000...1_000_000)) / Double(1 << random.below(12)))
        }
        return "\(number()) \(number())"
    } check: { text in
        let numbers = text.split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 2, let left = DecimalNumber(exactly: numbers[0]),
            let right = DecimalNumber(exactly: numbers[1])
        else { throw PropertyFailure("not read") }
        // So few binary digits add exactly, in binary as in decimal.
        let sum = (left + right).double
        if sum != numbers[0] + numbers[1] { throw PropertyFailure("the sum is \(sum)") }
        if (left < right) != (numbers[0] < numbers[1]) { throw PropertyFailure("they are in the wrong order") }
    }

    @Test("Floats read back with the same bits")
    func floatRoundTrip() {
        Self.floats.run(inputs: 5000)
    }

    @Test("Whole numbers against arithmetic by single digits")
    func wholeNumbers() {
        Self.arithmetic.run(inputs: 3000)
    }

    @Test("Decimal sums where binary ones are exact")
    func decimalSums() {
        Self.decimals.run(inputs: 3000)
    }
}
