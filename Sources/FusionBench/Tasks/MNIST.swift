extension ZeroShotTask {
    /// MNIST: handwritten digits.
    ///
    /// Y. LeCun et al.: *Gradient-Based Learning Applied to Document Recognition*, 1998.
    static let mnist = ZeroShotTask(
        name: "mnist",
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
