/// A pattern for the names of modules, as PEFT has them: a regular expression for the end of a name, from a dot on.
///
/// See <https://huggingface.co/docs/peft/package_reference/lora>, `rank_pattern`.
struct ModulePattern: Sendable {
    private let expression: RegularExpression

    /// A pattern.
    ///
    /// - Throws: `AdapterProblem.invalidPattern` if it is no regular expression.
    init(_ text: String) throws(AdapterProblem) {
        let prefix = "(.*\\.)?("
        do throws(RegularExpressionProblem) {
            expression = try RegularExpression("\(prefix)\(text))")
        } catch {
            throw .invalidPattern(text, problem: error.problem, offset: max(0, error.offset - prefix.count))
        }
    }

    /// Whether a module's name matches.
    func matches(_ module: String) -> Bool { expression.matches(module) }
}
