extension ZeroShotTask {
    /// Kuzushiji-MNIST: characters of cursive Japanese.
    ///
    /// T. Clanuwat et al.: *Deep Learning for Classical Japanese Literature*, <https://arxiv.org/abs/1812.01718>.
    static let kmnist = ZeroShotTask(
        name: "kmnist",
        templates: """
            a photo of the character {}.
            """,
        classNames: """
            お
            き
            す
            つ
            な
            は
            ま
            や
            れ
            を
            """)
}
