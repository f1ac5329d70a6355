extension ZeroShotTask {
    /// Diseases of mango leaves.
    ///
    /// S. I. Ahmed et al.: *MangoLeafBD*, <https://arxiv.org/abs/2209.02377>.
    static let mangoLeafDisease = ZeroShotTask(
        name: "mango-leaf-disease",
        templates: """
            a photo of a mango leaf with {}.
            a mango leaf showing symptoms of {}.
            a close-up photo of {} on a mango leaf.
            this mango leaf is affected by {}.
            a mango leaf disease identified as {}.
            a {} infection on a mango leaf.
            """,
        classNames: """
            Anthracnose
            Bacterial Canker
            Cutting Weevil
            Die Back
            Gall Midge
            Healthy
            Powdery Mildew
            Sooty Mould
            """)
}
