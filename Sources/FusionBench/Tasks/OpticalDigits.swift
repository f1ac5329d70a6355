extension ZeroShotTask {
    /// Hand-written digits of 8 × 8 pixels, in the embedded pool.
    ///
    /// E. Alpaydin, C. Kaynak: *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository, 1998,
    /// <https://doi.org/10.24432/C50P49>.
    static let opticalDigits = ZeroShotTask(
        name: "digits",
        templates: """
            a photo of the handwritten digit "{}".
            a tiny scan of the number {}.
            the digit {} in handwriting.
            """,
        classNames: """
            0
            1
            2
            3
            4
            5
            6
            7
            8
            9
            """)
}
