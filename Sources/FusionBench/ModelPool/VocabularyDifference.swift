import Diagnostics
import OrderedCollections

/// How the vocabulary of a model differs from that of another one.
struct VocabularyDifference: Equatable {
    /// What differs, as clauses; empty if nothing does.
    let clauses: [String]

    /// The most tokens that are shown of each kind.
    private static let shownCount = 3

    /// Compares what both vocabularies tell.
    init(_ model: Vocabulary, from template: Vocabulary) {
        var clauses: [String] = []
        if let tokens = model.tokens, let others = template.tokens {
            if tokens.count != others.count { clauses.append("\(tokens.count) tokens, not \(others.count)") }
            let added = tokens.filter { others[$0.key] == nil }
            clauses += Self.clause("only it has", added)
            clauses += Self.clause("it lacks", others.filter { tokens[$0.key] == nil })
            let moved = tokens.filter { text, number in others[text].map { $0 != number } ?? false }
            if !moved.isEmpty {
                let shown = Self.sorted(moved).prefix(Self.shownCount).map { text, number in
                    "\(text.quoted(limit: 40)) is \(number), not \(others[text] ?? 0)"
                }
                clauses.append("\(moved.count) with other numbers: \(Self.list(shown, of: moved.count))")
            }
        }
        for (role, token) in model.roles {
            guard let other = template.roles[role], other != token else { continue }
            clauses.append("\(role) is \(token.quoted(limit: 40)), not \(other.quoted(limit: 40))")
        }
        if let size = model.size, let other = template.size, size != other {
            clauses.append("vocab_size is \(size), not \(other)")
        }
        self.clauses = clauses
    }

    private static func clause(_ what: String, _ tokens: [String: Int]) -> [String] {
        if tokens.isEmpty { return [] }
        let shown = sorted(tokens).prefix(shownCount).map { "\($0.key.quoted(limit: 40)) (\($0.value))" }
        return ["\(what) \(tokens.count): \(list(shown, of: tokens.count))"]
    }

    /// In the order of their numbers.
    private static func sorted(_ tokens: [String: Int]) -> [(key: String, value: Int)] {
        tokens.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    }

    private static func list(_ shown: [String], of count: Int) -> String {
        shown.joined(separator: ", ") + (count > shown.count ? ", …" : "")
    }
}
