import Glibc

/// Numbers with so many decimals.
enum FixedDecimal {
    /// - Parameters:
    ///   - value: A number; what is not finite or too large is written as Swift does.
    ///   - decimals: How many digits follow the point.
    ///   - trimmed: Whether zeros at the end are left out.
    /// - Returns: The text.
    static func text(_ value: Double, decimals: Int, trimmed: Bool = false) -> String {
        let scaled = (abs(value) * pow(10, Double(decimals))).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var fraction = padded.suffix(decimals)
        if trimmed { while fraction.last == "0" { fraction.removeLast() } }
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + padded.dropLast(decimals) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
