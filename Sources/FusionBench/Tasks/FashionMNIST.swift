extension ZeroShotTask {
    /// Fashion-MNIST: clothes.
    ///
    /// H. Xiao, K. Rasul, R. Vollgraf: *Fashion-MNIST*, <https://arxiv.org/abs/1708.07747>.
    static let fashionMNIST = ZeroShotTask(
        name: "fashion_mnist",
        templates: """
            a photo of a {}.
            a photo of the {}.
            """,
        classNames: """
            T - shirt / top
            Trouser
            Pullover
            Dress
            Coat
            Sandal
            Shirt
            Sneaker
            Bag
            Ankle boot
            """)
}
