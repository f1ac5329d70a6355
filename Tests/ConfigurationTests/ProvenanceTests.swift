import OperatingSystem
import OrderedCollections
import Testing

@testable import Configuration

@Suite("Provenance")
struct ProvenanceTests {
    private func compose(_ name: String, _ overrides: [String]) throws -> ComposedConfiguration {
        let request = CompositionRequest(
            configDirectory: Fixtures.directory + "/tree", configName: name, overrides: overrides)
        return try Composer(request, context: ResolutionContext()).compose()
    }

    private func origins(_ node: ConfigurationNode) -> [String] {
        var list = [node.origin.description]
        var past = node.overridden
        while let value = past {
            list.append("\(value.text) \(value.origin)")
            past = value.previous
        }
        return list.map {
            $0.replacing(FileSystem.display(Fixtures.directory) + "/", with: "").replacing(
                Fixtures.directory + "/", with: "")
        }
    }

    @Test("A value knows its file and line, and what it overrode")
    func files() throws {
        let composed = try compose("self_last", ["dataset.name=theirs"])
        let name = try composed.find("dataset.name").node
        let places = origins(name)
        #expect(places.count == 3)
        #expect(places[0] == "command line: dataset.name=theirs")
        #expect(places[1].hasPrefix("mine tree/self_last.yaml:"))
        #expect(places[2].hasPrefix("stanford_cars tree/dataset/cars.yaml:"))
    }

    @Test("Values keep their places through resolution and into programs")
    func resolved() throws {
        let composed = try compose("links", [])
        let line = try composed.find("group.own").node.origin.line
        let value = try composed.resolvedJob()
        let own = try #require(value["group"]?["own"])
        #expect(own.path == "group.own")
        #expect(own.origin.line == line)
    }

    @Test(
        "Every node of a composed configuration names a place",
        arguments: ["config", "self_middle", "merging", "anchors"])
    func everyNode(_ name: String) throws {
        func check(_ node: ConfigurationNode) {
            if case .runtime = node.origin.place, !node.path.isEmpty, !node.path.hasPrefix("hydra") {
                Issue.record("\(node.path) has no place")
            }
            for child in node.entries?.values.elements ?? [] { check(child) }
            for item in node.items ?? [] { check(item) }
        }
        check(try compose(name, []).job)
    }

    @Test("A key that is not there comes with the nearest ones")
    func nearest() throws {
        let composed = try compose("links", [])
        let error = #expect(throws: ConfigurationError.self) { try composed.find("group.innr") }
        #expect(error?.description == "There is no key 'group.innr' in the configuration; did you mean 'group.inner'?")
    }
}
