extension ZeroShotTask {
    /// SVHN: digits of house numbers.
    ///
    /// Y. Netzer et al.: *Reading Digits in Natural Images with Unsupervised Feature Learning*, NIPS Workshop 2011.
    static let svhn = ZeroShotTask(
        name: "svhn",
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
