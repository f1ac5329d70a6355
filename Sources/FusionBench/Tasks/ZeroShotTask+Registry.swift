import Diagnostics

extension ZeroShotTask {
    /// The tasks that are known by name.
    public static var all: [ZeroShotTask] {
        [
            // The eight of task arithmetic, <https://arxiv.org/abs/2212.04089>.
            sun397, stanfordCars, resisc45, euroSAT, svhn, gtsrb, mnist, dtd,
            // Those that TALL masks add to make 14 and 20, <https://arxiv.org/abs/2405.07813>.
            oxfordFlowers102, patchCamelyon, fer2013, oxfordIIITPet, stl10, cifar100,
            cifar10, food101, fashionMNIST, emnistLetters, kmnist, renderedSST2,
            // Others.
            emnistDigits, cub200, tinyImageNet, imageNet, mangoLeafDisease,
            // Those of the embedded pool that are not among the above.
            opticalDigits, printedLetters, greekLetters, hiragana,
        ]
    }

    /// The task with a name or another name.
    ///
    /// - Throws: `ZeroShotTaskError.unknown` with the nearest names if there is none.
    public static func named(_ name: String) throws(ZeroShotTaskError) -> ZeroShotTask {
        let tasks = all
        if let task = tasks.first(where: { $0.name == name || $0.aliases.contains(name) }) { return task }
        let nearest = NearestNames.of(name, among: tasks.flatMap { [$0.name] + $0.aliases })
        throw .unknown(name: name, nearest: nearest, available: tasks.map(\.name))
    }
}
