/// A decimal number `± magnitude · 10^exponent`, added with 28 significant digits and rounded half to even.
///
/// Float sweeps (`range(0,1,0.1)`) add their step this way: each double is taken at its exact binary value, sums are
/// rounded to 28 digits, and every item is converted back to a double (Python's `decimal` with its default context).
struct DecimalNumber: Sendable {
    private var isNegative: Bool
    private var magnitude: Magnitude
    private var exponent: Int

    private static let precision = 28

    /// The exact value of a finite double.
    init?(exactly value: Double) {
        guard value.isFinite else { return nil }
        isNegative = value.sign == .minus
        guard value != 0 else {
            magnitude = Magnitude()
            exponent = 0
            return
        }
        // value = significand · 2^power with an odd, whole significand.
        var significand = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        var power = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        while significand & 1 == 0 {
            significand >>= 1
            power += 1
        }
        magnitude = Magnitude(significand)
        // 2^-n = 5^n · 10^-n.
        for _ in 0..<abs(power) { magnitude.multiply(by: power < 0 ? 5 : 2) }
        exponent = min(power, 0)
    }

    init(_ value: WholeNumber) {
        isNegative = value.isNegative
        magnitude = value.magnitude
        exponent = 0
    }

    /// -1, 0 or 1.
    var signum: Int { magnitude.isZero ? 0 : isNegative ? -1 : 1 }

    /// The nearest double.
    var double: Double {
        Double((isNegative ? "-" : "") + magnitude.description + "e" + String(exponent)) ?? 0
    }

    static func + (left: DecimalNumber, right: DecimalNumber) -> DecimalNumber {
        var sum = sumOfAligned(left, right)
        sum.round()
        return sum
    }

    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        var opposite = right
        opposite.isNegative.toggle()
        return sumOfAligned(left, opposite).signum < 0
    }

    static func > (left: DecimalNumber, right: DecimalNumber) -> Bool { right < left }

    /// The exact sum.
    private static func sumOfAligned(_ left: DecimalNumber, _ right: DecimalNumber) -> DecimalNumber {
        var result = left
        let shared = min(left.exponent, right.exponent)
        let leftMagnitude = left.magnitude.shiftedLeft(decimalDigits: left.exponent - shared)
        let rightMagnitude = right.magnitude.shiftedLeft(decimalDigits: right.exponent - shared)
        result.exponent = shared
        if left.isNegative == right.isNegative {
            result.magnitude = leftMagnitude + rightMagnitude
        } else if leftMagnitude < rightMagnitude {
            result.magnitude = rightMagnitude - leftMagnitude
            result.isNegative = right.isNegative
        } else {
            result.magnitude = leftMagnitude - rightMagnitude
        }
        return result
    }

    private mutating func round() {
        let digits = Array(magnitude.description)
        guard digits.count > Self.precision else { return }
        let kept = digits[..<Self.precision]
        let dropped = digits[Self.precision...]
        var rounded = Magnitude(digits: String(kept), radix: 10) ?? Magnitude()
        let half = dropped.first.map { $0 > "5" || ($0 == "5" && dropped.dropFirst().contains { $0 != "0" }) } ?? false
        let isTie = dropped.first == "5" && !dropped.dropFirst().contains { $0 != "0" }
        let lastIsOdd = kept.last?.wholeNumberValue.map { $0 % 2 == 1 } ?? false
        if half || (isTie && lastIsOdd) { rounded = rounded + Magnitude(1) }
        magnitude = rounded
        exponent += dropped.count
    }
}
