/// A non-negative whole number of any size, in limbs of nine decimal digits.
///
/// Decimal limbs make printing and decimal rounding cheap, which is all that a configuration needs of large numbers:
/// reading them in several bases, printing them, and adding them in decimal (`DecimalNumber`).
struct Magnitude: Hashable, Sendable {
    /// Least significant limb first; no leading zero limbs; empty means zero.
    private(set) var limbs: [UInt32]

    private static let base: UInt64 = 1_000_000_000

    init(_ value: UInt64 = 0) {
        limbs = []
        var rest = value
        while rest > 0 {
            limbs.append(UInt32(rest % Self.base))
            rest /= Self.base
        }
    }

    /// More digits than this are not read, as in Python: the time grows with their square.
    static let digitLimit = 4300

    /// Reads digits of the given radix (2…36); nil if a character is not such a digit, or there are none or too many.
    init?(digits: some StringProtocol, radix: Int) {
        self.init()
        guard !digits.isEmpty, digits.utf8.count <= Self.digitLimit else { return nil }
        for character in digits {
            guard let digit = character.hexOrDecimalDigit, digit < radix else { return nil }
            multiply(by: UInt32(radix), adding: UInt32(digit))
        }
        if exceedsDigitLimit { return nil }
    }

    /// Whether the number, written in decimal, could not be read again.
    var exceedsDigitLimit: Bool {
        limbs.count > Self.digitLimit / 9 && description.utf8.count > Self.digitLimit
    }

    var isZero: Bool { limbs.isEmpty }

    /// Replaces the number by `self · factor + addend`.
    mutating func multiply(by factor: UInt32, adding addend: UInt32 = 0) {
        var carry = UInt64(addend)
        for index in limbs.indices {
            let product = UInt64(limbs[index]) * UInt64(factor) + carry
            limbs[index] = UInt32(product % Self.base)
            carry = product / Self.base
        }
        while carry > 0 {
            limbs.append(UInt32(carry % Self.base))
            carry /= Self.base
        }
        trim()
    }

    static func + (left: Magnitude, right: Magnitude) -> Magnitude {
        var sum = Magnitude()
        var carry: UInt64 = 0
        for index in 0..<max(left.limbs.count, right.limbs.count) {
            let limb = UInt64(left.limb(index)) + UInt64(right.limb(index)) + carry
            sum.limbs.append(UInt32(limb % base))
            carry = limb / base
        }
        if carry > 0 { sum.limbs.append(UInt32(carry)) }
        return sum
    }

    /// The difference of two numbers, the left one at least as large as the right one.
    static func - (left: Magnitude, right: Magnitude) -> Magnitude {
        var difference = Magnitude()
        var borrow: Int64 = 0
        for index in left.limbs.indices {
            var limb = Int64(left.limb(index)) - Int64(right.limb(index)) - borrow
            borrow = limb < 0 ? 1 : 0
            if limb < 0 { limb += Int64(base) }
            difference.limbs.append(UInt32(limb))
        }
        difference.trim()
        return difference
    }

    /// The number with decimal zeros appended: `self · 10^count`.
    func shiftedLeft(decimalDigits count: Int) -> Magnitude {
        guard !isZero else { return self }
        var shifted = self
        for _ in 0..<(count % 9) { shifted.multiply(by: 10) }
        shifted.limbs.insert(contentsOf: repeatElement(0, count: count / 9), at: 0)
        return shifted
    }

    private func limb(_ index: Int) -> UInt32 { index < limbs.count ? limbs[index] : 0 }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }
}

extension Magnitude: Comparable {
    static func < (left: Magnitude, right: Magnitude) -> Bool {
        if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
        for (leftLimb, rightLimb) in zip(left.limbs.reversed(), right.limbs.reversed()) where leftLimb != rightLimb {
            return leftLimb < rightLimb
        }
        return false
    }
}

extension Magnitude: CustomStringConvertible {
    /// The decimal digits, without leading zeros; "0" for zero.
    var description: String {
        guard let top = limbs.last else { return "0" }
        var text = String(top)
        for limb in limbs.dropLast().reversed() {
            let digits = String(limb)
            text += String(repeating: "0", count: 9 - digits.count) + digits
        }
        return text
    }
}

extension Character {
    /// The value of an ASCII digit or letter as a digit of a radix up to 36.
    fileprivate var hexOrDecimalDigit: Int? {
        guard let byte = asciiValue else { return nil }
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return Int(byte - UInt8(ascii: "A")) + 10
        default: return nil
        }
    }
}
