/// A non-negative number as decimal digits, with the arithmetic taught at school.
struct DigitString: Comparable {
    /// Least significant digit first, without leading zeros.
    private var digits: [Int]

    /// Reads digits; anything else, such as a sign, is passed over.
    init(_ text: String) {
        digits = text.compactMap(\.wholeNumberValue).reversed()
        trim()
    }

    var text: String { digits.isEmpty ? "0" : digits.reversed().map(String.init).joined() }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
    }

    private func digit(_ index: Int) -> Int { index < digits.count ? digits[index] : 0 }

    static func + (left: DigitString, right: DigitString) -> DigitString {
        var sum = DigitString("")
        var carry = 0
        for index in 0...max(left.digits.count, right.digits.count) {
            let digit = left.digit(index) + right.digit(index) + carry
            sum.digits.append(digit % 10)
            carry = digit / 10
        }
        sum.trim()
        return sum
    }

    static func - (left: DigitString, right: DigitString) -> DigitString {
        var difference = DigitString("")
        var borrow = 0
        for index in left.digits.indices {
            let digit = left.digit(index) - right.digit(index) - borrow
            difference.digits.append((digit + 10) % 10)
            borrow = digit < 0 ? 1 : 0
        }
        difference.trim()
        return difference
    }

    static func * (left: DigitString, factor: UInt32) -> DigitString {
        var product = DigitString("")
        for digit in String(factor).compactMap(\.wholeNumberValue) {
            product.digits.insert(0, at: 0)
            for _ in 0..<digit { product = product + left }
        }
        product.trim()
        return product
    }

    static func < (left: DigitString, right: DigitString) -> Bool {
        if left.digits.count != right.digits.count { return left.digits.count < right.digits.count }
        return left.digits.reversed().lexicographicallyPrecedes(right.digits.reversed())
    }
}
