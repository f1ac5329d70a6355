/// How Python prints floats: the shortest digits that read back as the same number.
enum PythonNumber {
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // Swift has the same digits, but changes to an exponent at 2⁵³ already, Python at 10¹⁶.
        if value.magnitude >= 0x1p53, value.magnitude < 1e16 { return "\(Int64(value)).0" }
        return value.description
    }
}
