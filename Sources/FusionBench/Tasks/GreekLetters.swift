extension ZeroShotTask {
    /// Greek letters in many fonts, capital and small, in the embedded pool.
    ///
    /// Made by this project (`launch/train-embedded-pool`).
    static let greekLetters = ZeroShotTask(
        name: "greek",
        templates: """
            a photo of the printed Greek letter {}.
            the Greek letter {} in some font.
            a printed {} of the Greek alphabet.
            """,
        classNames: """
            alpha
            beta
            gamma
            delta
            epsilon
            zeta
            eta
            theta
            iota
            kappa
            lambda
            mu
            nu
            xi
            omicron
            pi
            rho
            sigma
            tau
            upsilon
            phi
            chi
            psi
            omega
            """)
}
