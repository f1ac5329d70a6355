extension ZeroShotTask {
    /// STL-10: animals and vehicles.
    ///
    /// A. Coates, H. Lee, A. Y. Ng: *An Analysis of Single-Layer Networks in Unsupervised Feature Learning*, 2011.
    static let stl10 = ZeroShotTask(
        name: "stl10", aliases: ["tanganke/stl10"],
        templates: """
            a photo of a {}.
            a photo of the {}.
            """,
        classNames: """
            airplane
            bird
            car
            cat
            deer
            dog
            horse
            monkey
            ship
            truck
            """)
}
