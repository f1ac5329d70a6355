import Configuration
import Foundation
import TestSupport
import Testing

@testable import FusionBench

/// The manual and the configurations know the same methods.
@Suite("Methods in the manual")
struct DocumentedMethodTests {
    private static let pages = Repository.directory + "/docs/pages/"

    /// The names of all configurations of methods.
    private static let configurations: Set<String> = {
        let files = FileManager.default.enumerator(atPath: Repository.directory + "/config/method")
        let names = (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".yaml") }
        return Set(names.map { String($0.dropLast(".yaml".count)) })
    }()

    private static func text(_ page: String) throws -> String {
        try String(contentsOfFile: pages + page, encoding: .utf8)
    }

    @Test("The table of methods has every configuration, and nothing else")
    func table() throws {
        var listed: Set<String> = []
        for line in try Self.text("algorithms/index.md").split(separator: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|")
            guard cells.count > 2 else { continue }
            let names = cells[1].split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
            for name in names where name != "method=…" {
                if name.hasSuffix("/…") {
                    let group = Self.configurations.filter { $0.hasPrefix(name.dropLast()) }
                    #expect(!group.isEmpty, "\(name)")
                    listed.formUnion(group)
                } else {
                    #expect(Self.configurations.contains(String(name)), "\(name)")
                    listed.insert(String(name))
                }
            }
        }
        #expect(listed == Self.configurations, "\(Self.configurations.symmetricDifference(listed).sorted())")
    }

    @Test("Published results name methods and keys that there are")
    func records() throws {
        let found = try Self.text("records.md").matches(of: /`method=([a-zA-Z_\/]+)((?: method\.[a-z_]+=[^ `]+)*)`/)
        #expect(found.count > 15)
        for match in found {
            let name = String(match.1)
            #expect(Self.configurations.contains(name), "\(name)")
            let file = Repository.directory + "/config/method/\(name).yaml"
            let configuration = try ConfigurationValue(yaml: String(contentsOfFile: file, encoding: .utf8), name: file)
            for key in match.2.matches(of: /method\.([a-z_]+)=/) {
                #expect(configuration[String(key.1)] != nil, "\(name): \(key.1)")
            }
        }
    }

    @Test("Every page on a method stands in the table and in the manual's contents")
    func contents() throws {
        let index = try Self.text("algorithms/index.md")
        let contents = try String(contentsOfFile: Repository.directory + "/docs/mkdocs.yml", encoding: .utf8)
        let pages = try FileManager.default.contentsOfDirectory(atPath: Self.pages + "algorithms")
        for page in pages where page.hasSuffix(".md") && page != "index.md" {
            #expect(index.contains("](\(page))"), "\(page)")
            #expect(contents.contains("algorithms/\(page)\n"), "\(page)")
        }
    }
}
