import Configuration
import Datasets
import TestSupport
import Testing

@testable import FusionBench

@Suite("Tasks of the user's own")
struct OwnTaskTests {
    private func task(_ name: String, _ yaml: String) throws -> ZeroShotTask {
        try ZeroShotTask(name: name, entry: ConfigurationValue(yaml: yaml))
    }

    @Test("Class names and templates stand in the entry of the data set")
    func entry() throws {
        let animals = try task("animals", "{path: x, classnames: [cat, dog], templates: ['a {}.', '{} or {}']}")
        #expect(animals.prompts == [["a cat.", "cat or cat"], ["a dog.", "dog or dog"]])
        #expect(try task("animals", "{classnames: [cat]}").prompts == [["a photo of a cat"]])
        // What is not said is that of the known task.
        let digits = try task("mnist", "{templates: ['the digit {}']}")
        #expect(digits.classNames == ZeroShotTask.mnist.classNames && digits.prompts[3] == ["the digit 3"])
        let words = try task("mnist", "{classnames: [zero, one], templates: null}")
        #expect(words.prompts == [[#"a photo of the number: "zero"."#], [#"a photo of the number: "one"."#]])
        #expect(try task("stanford_cars", "{path: x}").name == "stanford-cars")
    }

    @Test("Names with braces or of other scripts go into texts as they are")
    func names() throws {
        let task = try ZeroShotTask(name: "odd", classNames: ["{}", "{", "お", "a\"b"], templates: ["<{}>"])
        #expect(task.prompts == [["<{}>"], ["<{>"], ["<お>"], ["<a\"b>"]])
    }

    @Test("Everything that is wrong is listed at once")
    func mistakes() throws {
        let error = #expect(throws: ZeroShotTaskError.self) {
            try ZeroShotTask(name: "own", classNames: ["cat", " ", "cat"], templates: ["a photo", "a {}"])
        }
        #expect(
            error
                == .invalid(
                    name: "own",
                    [.empty("class names"), .twice("class names", "cat"), .noPlaceholder(template: "a photo")]))
        let none = #expect(throws: ZeroShotTaskError.self) {
            try ZeroShotTask(name: "own", classNames: [], templates: [])
        }
        #expect(none == .invalid(name: "own", [.none("class names"), .none("templates")]))
    }

    @Test(
        "Other values than lists of texts are refused with their place",
        arguments: ["{classnames: cat}", "{classnames: [1, 2]}", "{templates: {a: b}}", "{classnames: [[a]]}"])
    func types(_ yaml: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try task("own", yaml) }
        #expect(error?.description.contains("a list, each item a string") == true, "\(String(describing: error))")
        #expect(error?.origin != nil)
    }

    @Test("Templates alone need a task that is known")
    func templatesAlone() {
        #expect(throws: ZeroShotTaskError.self) { try task("own", "{templates: ['a {}']}") }
    }

    @Test("The hash of a head follows its texts, not the name of the task")
    func contentHash() throws {
        let tokenizer = try Tokenizer(
            directory: Repository.directory + "/Tests/DatasetsTests/Fixtures/tokenizers/clip")
        let hash = { (classes: [String], templates: [String]) in
            try ZeroShotTask(name: "x", classNames: classes, templates: templates)
                .tokens(tokenizer, maximumLength: 77).contentHash
        }
        let base = try hash(["cat", "dog"], ["a {}"])
        #expect(base.count == 16)
        #expect(try hash(["cat", "dog"], ["a {}"]) == base)
        #expect(try hash(["dog", "cat"], ["a {}"]) != base)
        #expect(try hash(["cat", "dog"], ["the {}"]) != base)
        // The same texts, but one class with two templates.
        #expect(try hash(["cat"], ["a {}", "a dog{}"]) != hash(["cat", "dogcat"], ["a {}"]))
        let batch = try ZeroShotTask.mnist.tokens(tokenizer, maximumLength: 77, padding: .toMaximumLength)
        #expect(batch.classes.count == 10 && batch.classes.allSatisfy { $0.count == 1 && $0.length == 77 })
    }
}
