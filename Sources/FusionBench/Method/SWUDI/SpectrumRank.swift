import Glibc

/// How many of the largest eigenvalues of a layer's interference are used.
enum SpectrumRank: Sendable, Equatable {
    /// A share of all of them, rounded up; at least one.
    case share(Double)
    /// As many as the spectrum itself says, times a factor.
    case rule(Rule, scale: Double)

    /// Measures of how many eigenvalues λ count, rounded up.
    enum Rule: String, CaseIterable, Sendable {
        /// All.
        case none
        /// Σλ² / λ₁².
        case stableRank = "stable_rank"
        /// exp(−Σ p·ln p) with p = λ / Σλ.
        case entropy
        /// (Σλ)² / Σλ².
        case participation
        /// (Σ√λ)² / Σλ.
        case rootParticipation = "participation_sqrt"
    }

    /// How many of these eigenvalues, all positive and the largest first.
    func count(_ values: [Double]) -> Int {
        switch self {
        case .share(let share): return bounded(Int(Double(values.count) * share + 0.999), values.count)
        case .rule(let rule, let scale):
            let count = bounded(Self.count(rule, values), values.count)
            return scale == 1
                ? count : bounded(Int((Double(count) * scale).rounded(.toNearestOrEven)), values.count)
        }
    }

    private func bounded(_ count: Int, _ limit: Int) -> Int { max(1, min(count, limit)) }

    private static func count(_ rule: Rule, _ values: [Double]) -> Int {
        let sum = values.reduce(0, +)
        let squares = values.reduce(0) { $0 + $1 * $1 }
        guard let largest = values.first, sum > 0, squares > 0 else { return values.count }
        let number: Double
        switch rule {
        case .none: return values.count
        case .stableRank: number = squares / (largest * largest)
        case .entropy: number = exp(-values.reduce(0) { $0 + $1 / sum * log($1 / sum) })
        case .participation: number = sum * sum / squares
        case .rootParticipation:
            let roots = values.reduce(0) { $0 + $1.squareRoot() }
            number = roots * roots / sum
        }
        return Int(number.rounded(.up))
    }
}
