import Testing

/// An input that crashed the program or kept it busy for too long.
struct Regression: CustomTestStringConvertible {
    /// What reads the input.
    enum Target {
        case yaml, override, interpolation, resolution
        /// An argument, with the primary configuration `no_defaults`.
        case composition
    }

    /// What the input did.
    let harm: String
    let target: Target
    let input: String

    init(_ harm: String, _ target: Target, _ input: String) {
        self.harm = harm
        self.target = target
        self.input = input
    }

    var testDescription: String { harm }
}
