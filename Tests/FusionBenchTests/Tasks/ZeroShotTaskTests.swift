import Configuration
import Datasets
import JSON
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Tasks of image classification")
struct ZeroShotTaskTests {
    private static let directory = Repository.directory + "/Tests/FusionBenchTests/Fixtures/tasks"

    /// What `make_task_fixtures.py` wrote, one entry for each task.
    private func fixtures() throws -> [JSONValue] {
        try JSONValue(parsing: FileSystem.read(Self.directory + "/tasks.json")).array ?? []
    }

    private func hash(_ texts: some Sequence<String>) -> String {
        var hash = StableHash()
        for text in texts {
            hash.combine(text)
            hash.combine(UInt8(0))
        }
        return hash.text
    }

    @Test("Names, class names and templates are those of the Python tool")
    func reference() throws {
        let fixtures = try fixtures()
        // Besides these, there are tasks of the embedded pool.
        #expect(fixtures.count == 25 && ZeroShotTask.all.count == 29)
        for fixture in fixtures {
            let names = fixture["names"]?.array?.compactMap(\.string) ?? []
            let task = try ZeroShotTask.named(try #require(names.first))
            #expect(Set([task.name] + task.aliases) == Set(names))
            for name in names { #expect(try ZeroShotTask.named(name) == task) }
            #expect(task.classNames.count == fixture["classes"]?.int, "\(task.name)")
            #expect(task.templates.count == fixture["templates"]?.int, "\(task.name)")
            #expect(task.classNames.first == fixture["first"]?.string, "\(task.name)")
            #expect(task.classNames.last == fixture["last"]?.string, "\(task.name)")
            #expect(hash(task.classNames) == fixture["class_names"]?.string, "\(task.name)")
            #expect(hash(task.templates) == fixture["template_texts"]?.string, "\(task.name)")
        }
    }

    @Test("Texts and their tokens are those of the Python tool and of Hugging Face's tokenizer")
    func prompts() throws {
        let tokenizer = try Tokenizer(
            directory: Repository.directory + "/Tests/DatasetsTests/Fixtures/tokenizers/clip")
        for fixture in try fixtures() {
            let task = try ZeroShotTask.named(fixture["names"]?.array?.first?.string ?? "")
            let prompts = task.prompts
            #expect(prompts.count == task.classNames.count && prompts.allSatisfy { $0.count == task.templates.count })
            let flat = prompts.flatMap(\.self)
            let some = stride(from: 0, to: flat.count, by: fixture["stride"]?.int ?? 1).map { flat[$0] }
            #expect(hash(some) == fixture["prompts"]?.string, "\(task.name)")
            let ids: [[Int32]] = try tokenizer.encode(some, maximumLength: 77)
            var tokens = StableHash()
            tokens.combine(Int32(task.classNames.count))
            for ids in ids {
                tokens.combine(Int32(ids.count))
                for id in ids { tokens.combine(id) }
            }
            #expect(tokens.text == fixture["tokens"]?.string, "\(task.name)")
            if fixture["stride"] == 1, flat.count < 500 {
                #expect(try task.tokens(tokenizer, maximumLength: 77).contentHash == fixture["tokens"]?.string)
            }
        }
    }

    @Test("Names are different, and every task would pass as a user's own")
    func consistency() throws {
        let tasks = ZeroShotTask.all
        let names = tasks.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        for task in tasks {
            let own = try ZeroShotTask(name: task.name, classNames: task.classNames, templates: task.templates)
            #expect(own.prompts == task.prompts)
        }
    }

    @Test("An unknown name leads to the nearest ones")
    func unknown() {
        let error = #expect(throws: ZeroShotTaskError.self) { try ZeroShotTask.named("sun379") }
        #expect(error?.description.contains("did you mean 'sun397'") == true)
        #expect(error?.description.contains("'mango-leaf-disease'") == true)
        #expect(error?.description.contains("classnames") == true)
        #expect(throws: ZeroShotTaskError.self) { try ZeroShotTask.named("") }
    }

    @Test("Every data set of the configuration has a task")
    func configuration() throws {
        var found: Set<String> = []
        for folder in ["test", "train", "val"] {
            let directory = Repository.directory + "/config/dataset/image_classification/" + folder
            for file in FileSystem.names(in: directory) where file.hasSuffix(".yaml") {
                let text = String(decoding: try FileSystem.read("\(directory)/\(file)"), as: UTF8.self)
                let value = try ConfigurationValue.plain(yaml: text, name: file)
                for (key, entry) in value?.entries ?? [:] where key != .string("defaults") {
                    let name = try #require(key.string)
                    #expect(throws: Never.self, "\(folder)/\(file)") { try ZeroShotTask(name: name, entry: entry) }
                    found.insert(name)
                }
            }
        }
        #expect(found.count >= 20)
    }

    @Test("The page of the manual lists all tasks")
    func manual() throws {
        let page = String(
            decoding: try FileSystem.read(Repository.directory + "/docs/pages/tasks.md"), as: UTF8.self)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = ZeroShotTask.all.map { task in
            let aliases = task.aliases.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(task.name)` | \(task.classNames.count) | \(task.templates.count) | \(aliases) |"
        }
        #expect(rows == expected, "docs/pages/tasks.md should have the rows\n\(expected.joined(separator: "\n"))")
    }
}
