extension ZeroShotTask {
    /// EMNIST: handwritten digits.
    ///
    /// G. Cohen et al.: *EMNIST: an extension of MNIST to handwritten letters*, <https://arxiv.org/abs/1702.05373>.
    static let emnistDigits = ZeroShotTask(
        name: "emnist_mnist",
        templates: """
            a photo of the number: "{}".
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
