extension ZeroShotTask {
    /// EuroSAT: the use of land, seen by satellites.
    ///
    /// P. Helber et al.: *EuroSAT*, <https://arxiv.org/abs/1709.00029>.
    static let euroSAT = ZeroShotTask(
        name: "eurosat", aliases: ["tanganke/eurosat"],
        templates: """
            a centered satellite photo of {}.
            a centered satellite photo of a {}.
            a centered satellite photo of the {}.
            """,
        classNames: """
            annual crop land
            forest
            brushland or shrubland
            highway or road
            industrial buildings or commercial buildings
            pasture land
            permanent crop land
            residential buildings or homes or apartments
            river
            lake or sea
            """)
}
