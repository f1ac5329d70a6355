extension ZeroShotTask {
    /// CIFAR-100: things and creatures, in their fine classes.
    ///
    /// A. Krizhevsky: *Learning Multiple Layers of Features from Tiny Images*, 2009.
    static let cifar100 = ZeroShotTask(
        name: "cifar100",
        templates: """
            a photo of a {}.
            a blurry photo of a {}.
            a black and white photo of a {}.
            a low contrast photo of a {}.
            a high contrast photo of a {}.
            a bad photo of a {}.
            a good photo of a {}.
            a photo of a small {}.
            a photo of a big {}.
            a photo of the {}.
            a blurry photo of the {}.
            a black and white photo of the {}.
            a low contrast photo of the {}.
            a high contrast photo of the {}.
            a bad photo of the {}.
            a good photo of the {}.
            a photo of the small {}.
            a photo of the big {}.
            """,
        classNames: """
            apple
            aquarium_fish
            baby
            bear
            beaver
            bed
            bee
            beetle
            bicycle
            bottle
            bowl
            boy
            bridge
            bus
            butterfly
            camel
            can
            castle
            caterpillar
            cattle
            chair
            chimpanzee
            clock
            cloud
            cockroach
            couch
            cra
            crocodile
            cup
            dinosaur
            dolphin
            elephant
            flatfish
            forest
            fox
            girl
            hamster
            house
            kangaroo
            keyboard
            lamp
            lawn_mower
            leopard
            lion
            lizard
            lobster
            man
            maple_tree
            motorcycle
            mountain
            mouse
            mushroom
            oak_tree
            orange
            orchid
            otter
            palm_tree
            pear
            pickup_truck
            pine_tree
            plain
            plate
            poppy
            porcupine
            possum
            rabbit
            raccoon
            ray
            road
            rocket
            rose
            sea
            seal
            shark
            shrew
            skunk
            skyscraper
            snail
            snake
            spider
            squirrel
            streetcar
            sunflower
            sweet_pepper
            table
            tank
            telephone
            television
            tiger
            tractor
            train
            trout
            tulip
            turtle
            wardrobe
            whale
            willow_tree
            wolf
            woman
            worm
            """)
}
