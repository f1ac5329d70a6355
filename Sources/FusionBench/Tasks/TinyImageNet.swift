extension ZeroShotTask {
    /// Tiny ImageNet: 200 classes of ImageNet.
    ///
    /// Y. Le, X. Yang: *Tiny ImageNet Visual Recognition Challenge*, 2015. Templates are those of ImageNet.
    static let tinyImageNet = ZeroShotTask(
        name: "tiny-imagenet",
        templates: imageNet.templates.joined(separator: "\n"),
        classNames: """
            goldfish
            European fire salamander
            bullfrog
            tailed frog
            American alligator
            boa constrictor
            trilobite
            scorpion
            black widow
            tarantula
            centipede
            koala
            jellyfish
            brain coral
            snail
            sea slug
            American lobster
            spiny lobster
            black stork
            king penguin
            albatross
            dugong
            Yorkshire terrier
            golden retriever
            Labrador retriever
            German shepherd
            standard poodle
            tabby
            Persian cat
            Egyptian cat
            cougar
            lion
            brown bear
            ladybug
            grasshopper
            walking stick
            cockroach
            mantis
            dragonfly
            monarch
            sulphur butterfly
            sea cucumber
            guinea pig
            hog
            ox
            bison
            bighorn
            gazelle
            Arabian camel
            orangutan
            chimpanzee
            baboon
            African elephant
            lesser panda
            abacus
            academic gown
            altar
            backpack
            bannister
            barbershop
            barn
            barrel
            basketball
            bathtub
            beach wagon
            beacon
            beaker
            beer bottle
            bikini
            binoculars
            birdhouse
            bow tie
            brass
            bucket
            bullet train
            butcher shop
            candle
            cannon
            cardigan
            cash machine
            CD player
            chest
            Christmas stocking
            cliff dwelling
            computer keyboard
            confectionery
            convertible
            crane
            dam
            desk
            dining table
            dumbbell
            flagpole
            fly
            fountain
            freight car
            frying pan
            fur coat
            gasmask
            go-kart
            gondola
            hourglass
            iPod
            jinrikisha
            kimono
            lampshade
            lawn mower
            lifeboat
            limousine
            magnetic compass
            maypole
            military uniform
            miniskirt
            moving van
            neck brace
            obelisk
            oboe
            organ
            parking meter
            pay-phone
            picket fence
            pill bottle
            plunger
            police van
            poncho
            pop bottle
            potter's wheel
            projectile
            punching bag
            refrigerator
            remote control
            rocking chair
            rugby ball
            sandal
            school bus
            scoreboard
            sewing machine
            snorkel
            sock
            sombrero
            space heater
            spider web
            sports car
            steel arch bridge
            stopwatch
            sunglasses
            suspension bridge
            swimming trunks
            syringe
            teapot
            teddy
            thatch
            torch
            tractor
            triumphal arch
            trolleybus
            turnstile
            umbrella
            vestment
            viaduct
            volleyball
            water jug
            water tower
            wok
            wooden spoon
            comic book
            reel
            guacamole
            ice cream
            ice lolly
            goose
            drumstick
            plate
            pretzel
            mashed potato
            cauliflower
            bell pepper
            lemon
            banana
            pomegranate
            meat loaf
            pizza
            potpie
            espresso
            bee
            apron
            pole
            Chihuahua
            alp
            cliff
            coral reef
            lakeside
            seashore
            acorn
            broom
            mushroom
            nail
            chain
            slug
            orange
            """)
}
