extension ZeroShotTask {
    /// EMNIST: handwritten letters.
    ///
    /// G. Cohen et al.: *EMNIST: an extension of MNIST to handwritten letters*, <https://arxiv.org/abs/1702.05373>.
    static let emnistLetters = ZeroShotTask(
        name: "emnist_letters",
        templates: """
            a photo of the digit character: "{}".
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
