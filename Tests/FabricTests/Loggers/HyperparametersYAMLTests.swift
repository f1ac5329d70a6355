import JSON
import Testing

@testable import Fabric

@Suite("Hyperparameters as YAML")
struct HyperparametersYAMLTests {
    @Test("Containers in blocks, scalars so that a reader finds their type again")
    func text() {
        let settings: JSONValue = [
            "lr": .number(1e-5), "big": .number(1.5e300), "whole": 3, "one": .number(1), "name": "ties-merging",
            "path": "models/ViT-B-32.v2", "words": "two words", "number": "12", "yes": "Yes", "empty": "",
            "line": "a\n\"b\"", "flag": true, "none": nil, "list": [1, [2, "x"], ["k": "v"], [:]],
            "inner": ["deep": ["er": .number(.infinity)], "nan": .number(.nan), "least": .number(-.infinity)],
            "nothing": [], "é: #": "- x",
        ]
        #expect(
            HyperparametersYAML.text(settings) == #"""
                lr: 1.0e-05
                big: 1.5e+300
                whole: 3
                one: 1.0
                name: ties-merging
                path: models/ViT-B-32.v2
                words: "two words"
                number: "12"
                "yes": "Yes"
                empty: ""
                line: "a\n\"b\""
                flag: true
                none: null
                list:
                  - 1
                  -
                    - 2
                    - x
                  -
                    k: v
                  - {}
                inner:
                  deep:
                    er: .inf
                  nan: .nan
                  least: -.inf
                nothing: []
                "é: #": "- x"

                """#)
        #expect(HyperparametersYAML.text([:]) == "{}\n")
        #expect(HyperparametersYAML.text(nil) == "null\n")
    }
}
