import RegularExpressions

/// A pattern for the names of modules, as PEFT has them: a regular expression for the end of a name, from a dot on.
///
/// See <https://huggingface.co/docs/peft/package_reference/lora>, `rank_pattern`.
struct ModulePattern: Sendable {
    private let expression: RegularExpression
    /// The pattern if it is a name, as most are.
    ///
    /// Some tools write one for each module of a model, so that these are compared without the expression.
    private let name: [UInt8]?

    /// A pattern.
    ///
    /// - Throws: `AdapterProblem.invalidPattern` if it is no regular expression.
    init(_ text: String) throws(AdapterProblem) {
        let prefix = "(.*\\.)?("
        do throws(RegularExpressionProblem) {
            expression = try RegularExpression("\(prefix)\(text))")
        } catch {
            throw .invalidPattern(
                RegularExpressionProblem(
                    pattern: text, problem: error.problem, offset: max(0, error.offset - prefix.count)))
        }
        name = text.utf8.allSatisfy(Self.isPartOfName) ? Array(text.utf8) : nil
    }

    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// Whether a module's name matches.
    func matches(_ module: String) -> Bool {
        guard let name, module.utf8.allSatisfy(Self.isPartOfName) else { return expression.matches(module) }
        let module = Array(module.utf8)
        let start = module.count - name.count
        let dot = UInt8(ascii: ".")
        guard start == 0 || (start > 0 && module[start - 1] == dot) else { return false }
        // A dot of an expression stands for any character.
        return zip(module[start...], name).allSatisfy { $0 == $1 || $1 == dot }
    }
}
