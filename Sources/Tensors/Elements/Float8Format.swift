/// A floating-point format of eight bits: a sign, an exponent and a mantissa.
///
/// See Micikevicius et al., *FP8 formats for deep learning*, 2022.
struct Float8Format: Sendable {
    /// Four bits of exponent, no infinity, and NaN only where all bits but the sign are set.
    static let e4m3 = Float8Format(mantissaBits: 3, largestFinite: 0x7E, overflow: 0x7F)
    /// Five bits of exponent, with infinity and NaN as IEEE 754 has them.
    static let e5m2 = Float8Format(mantissaBits: 2, largestFinite: 0x7B, overflow: 0x7C)

    let mantissaBits: Int
    /// The bits of the largest finite number.
    let largestFinite: UInt8
    /// The bits of what is larger, infinity or NaN.
    let overflow: UInt8

    private static let nan: UInt8 = 0x7F

    /// What is subtracted from a stored exponent; it leaves as many exponents above 0 as below, and 0.
    private var bias: Int { 1 << (6 - mantissaBits) - 1 }

    /// The numbers of all 256 codes, in order.
    var allValues: [Float] { (0...UInt8.max).map(value) }

    /// The number of a code.
    func value(of code: UInt8) -> Float {
        let magnitude = code & 0x7F
        let number: Float =
            if magnitude <= largestFinite {
                // Subnormal numbers have exponent 0, but the unit of exponent 1.
                Float(
                    sign: .plus, exponent: unitExponent(of: magnitude), significand: Float(significand(of: magnitude)))
            } else {
                magnitude == overflow && overflow != Self.nan ? .infinity : .nan
            }
        return code & 0x80 == 0 ? number : -number
    }

    private func unitExponent(of magnitude: UInt8) -> Int {
        max(Int(magnitude) >> mantissaBits, 1) - bias - mantissaBits
    }

    private func significand(of magnitude: UInt8) -> Int {
        let mantissa = Int(magnitude) & (1 << mantissaBits - 1)
        return Int(magnitude) >> mantissaBits == 0 ? mantissa : mantissa | 1 << mantissaBits
    }

    /// The code of the nearest number, of two as near the one with an even code.
    func code(nearest value: Float) -> UInt8 {
        let sign: UInt8 = value.sign == .minus ? 0x80 : 0
        guard !value.isNaN else { return sign | Self.nan }
        guard value.isFinite else { return sign | overflow }
        // The unit of the last place; numbers that are subnormal here share that of the smallest normal ones.
        let exponent = max(value == 0 ? .min : Int(value.exponent), 1 - bias)
        let units = Float(sign: .plus, exponent: mantissaBits - exponent, significand: value.magnitude)
            .rounded(.toNearestOrEven)
        // A mantissa that rounds up to the next power of two carries into the exponent.
        let code = (exponent + bias - 1) << mantissaBits + Int(units)
        return sign | (code > Int(largestFinite) ? overflow : UInt8(code))
    }
}
