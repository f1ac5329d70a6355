/// A pattern for the names of modules, as PEFT has them: a regular expression for the end of a name, from a dot on.
///
/// See <https://huggingface.co/docs/peft/package_reference/lora>, `rank_pattern`.
struct ModulePattern: Sendable, Hashable {
    /// The regular expression.
    let text: String

    /// A pattern.
    ///
    /// - Throws: `AdapterProblem.invalidPattern` if it is no regular expression.
    init(_ text: String) throws(AdapterProblem) {
        self.text = text
        _ = try expression()
    }

    /// Regular expressions cannot be shared between threads, so that each use makes its own.
    private func expression() throws(AdapterProblem) -> Regex<AnyRegexOutput> {
        do { return try Regex("(.*\\.)?(\(text))") } catch { throw .invalidPattern(text) }
    }

    /// Whether a module's name matches.
    func matches(_ module: String) -> Bool {
        (try? expression().wholeMatch(in: module)) ?? nil != nil
    }
}
