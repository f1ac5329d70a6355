extension ZeroShotTask {
    /// Hiragana, the characters of Japanese syllables, in many fonts; in the embedded pool.
    ///
    /// Made by this project (`launch/train-embedded-pool`). Names are in the romanization of Hepburn, but for を, which is "wo".
    static let hiragana = ZeroShotTask(
        name: "hiragana",
        templates: """
            a photo of the printed hiragana "{}".
            the Japanese character {} in some font.
            a printed {} of the hiragana.
            """,
        classNames: """
            a
            i
            u
            e
            o
            ka
            ki
            ku
            ke
            ko
            sa
            shi
            su
            se
            so
            ta
            chi
            tsu
            te
            to
            na
            ni
            nu
            ne
            no
            ha
            hi
            fu
            he
            ho
            ma
            mi
            mu
            me
            mo
            ya
            yu
            yo
            ra
            ri
            ru
            re
            ro
            wa
            wo
            n
            """)
}
