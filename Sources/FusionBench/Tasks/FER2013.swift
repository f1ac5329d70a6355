extension ZeroShotTask {
    /// FER2013: emotions in faces.
    ///
    /// I. J. Goodfellow et al.: *Challenges in Representation Learning*, <https://arxiv.org/abs/1307.0414>.
    static let fer2013 = ZeroShotTask(
        name: "fer2013",
        templates: """
            a photo of a {} looking face.
            a photo of a face showing the emotion: {}.
            a photo of a face looking {}.
            a face that looks {}.
            they look {}.
            look at how {} they are.
            """,
        classNames: """
            angry
            disgusted
            fearful
            happy
            neutral
            sad
            surprised
            """)
}
