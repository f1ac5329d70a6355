extension ZeroShotTask {
    /// Rendered SST-2: whether a sentence, shown as an image, praises a film.
    ///
    /// A. Radford et al.: *Learning Transferable Visual Models From Natural Language Supervision*, <https://arxiv.org/abs/2103.00020>.
    static let renderedSST2 = ZeroShotTask(
        name: "rendered-sst2", aliases: ["nateraw/rendered-sst2"],
        templates: """
            a {} review of a movie.
            """,
        classNames: """
            negative
            positive
            """)
}
