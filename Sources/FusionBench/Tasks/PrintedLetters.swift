extension ZeroShotTask {
    /// Latin letters in many fonts, capital and small, in the embedded pool.
    ///
    /// Made by this project (`launch/train-embedded-pool`).
    static let printedLetters = ZeroShotTask(
        name: "letters",
        templates: """
            a photo of the printed letter "{}".
            the Latin letter {} in some font.
            a printed {} of the Latin alphabet.
            """,
        classNames: """
            A
            B
            C
            D
            E
            F
            G
            H
            I
            J
            K
            L
            M
            N
            O
            P
            Q
            R
            S
            T
            U
            V
            W
            X
            Y
            Z
            """)
}
