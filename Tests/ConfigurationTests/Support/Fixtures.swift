import Foundation
import OperatingSystem
import OrderedCollections
import Testing

@testable import Configuration

/// The expectations that hydra-core wrote (`Fixtures/README.md`).
enum Fixtures {
    /// The absolute path of the folder.
    static let directory = FileSystem.absolute(FileSystem.directoryName(#filePath) + "/../Fixtures")

    /// Reads one of the files in `expected/`.
    static func load<Contents: Decodable>(_ name: String, as type: Contents.Type = Contents.self) throws -> Contents {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/expected/\(name).json"))
        return try JSONDecoder().decode(type, from: data)
    }

    /// An environment with the variables of the fixtures and no other one of theirs.
    static func environment(_ variables: [String: String]) -> [String: String] {
        ProcessEnvironment.all.filter { !$0.key.hasPrefix("FB_TEST_") }.merging(variables) { $1 }
    }
}

/// A value of Python, with its type, as the fixtures write it.
struct TaggedValue: Decodable {
    let type: String
    let content: Content

    indirect enum Content {
        case none
        case text(String)
        case flag(Bool)
        case list([TaggedValue])
        case entries([[TaggedValue]])
    }

    private enum Keys: String, CodingKey {
        case t, v
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        type = try container.decode(String.self, forKey: .t)
        switch type {
        case "bool": content = .flag(try container.decode(Bool.self, forKey: .v))
        case "list": content = .list(try container.decode([TaggedValue].self, forKey: .v))
        case "dict": content = .entries(try container.decode([[TaggedValue]].self, forKey: .v))
        case "int", "float", "str", "quoted": content = .text(try container.decode(String.self, forKey: .v))
        default: content = .none
        }
    }

    /// The value in a canonical notation that shows types: `int:1`, `[str:a, null]`.
    var notation: String {
        switch content {
        case .none: type
        case .text(let text): "\(type):\(text)"
        case .flag(let flag): "bool:\(flag)"
        case .list(let items): "[" + items.map(\.notation).joined(separator: ", ") + "]"
        case .entries(let entries):
            "{" + entries.map { "\($0[0].notation): \($0[1].notation)" }.joined(separator: ", ") + "}"
        }
    }

    /// Whether a sweep stands in the value.
    var holdsSweep: Bool {
        switch content {
        case .none: ["choice", "range", "interval", "glob"].contains(type)
        case .list(let items): items.contains(where: \.holdsSweep)
        case .entries(let entries): entries.joined().contains(where: \.holdsSweep)
        case .text, .flag: false
        }
    }

    /// The value as a node.
    var node: ConfigurationNode {
        get throws {
            let origin = Origin(.runtime)
            switch (type, content) {
            case ("str", .text(let text)): return try ConfigurationNode(text: text, origin: origin)
            case (_, .list(let items)):
                return ConfigurationNode(.sequence(try items.map { try $0.node }), origin: origin)
            case (_, .entries(let entries)):
                let node = ConfigurationNode.emptyMapping(origin: origin)
                for entry in entries {
                    let key = try #require(ConfigurationKey(try entry[0].scalar))
                    node.set(key, try entry[1].node)
                }
                return node
            default: return ConfigurationNode(.scalar(try scalar), origin: origin)
            }
        }
    }

    var scalar: Scalar {
        get throws {
            switch (type, content) {
            case ("null", _): .null
            case (_, .flag(let flag)): .boolean(flag)
            case ("int", .text(let text)): .integer(try #require(WholeNumber(text: text)))
            case ("float", .text(let text)): .float(Double.fromPython(text))
            case (_, .text(let text)): .string(text)
            default: throw ResolverFailure("no scalar: \(type)")
            }
        }
    }
}

extension Scalar {
    var notation: String {
        switch self {
        case .null: "null"
        case .boolean(let flag): "bool:\(flag)"
        case .integer(let number): "int:\(number)"
        case .float(let number): "float:\(PythonText.float(number))"
        case .string(let text): "str:\(text)"
        }
    }
}

extension ConfigurationNode {
    /// The tree in the notation of `TaggedValue`.
    var notation: String {
        switch content {
        case .scalar(let scalar): scalar.notation
        case .missing: "str:???"
        case .interpolation(let interpolation): "str:\(interpolation.text)"
        case .sequence(let items): "[" + items.map(\.notation).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key.scalar.notation): \($0.value.notation)" }.joined(separator: ", ") + "}"
        }
    }
}

/// Collects the cases that differ, and reports the first ones.
///
/// Where this program means to differ, the case is listed as a deviation; it must then really differ, so that no list
/// goes stale.
struct Comparison {
    private var differences: [String] = []
    private var count = 0
    private var deviations: Set<String>

    /// - Parameter deviations: The names of cases that differ on purpose.
    init(deviations: Set<String> = []) {
        self.deviations = deviations
    }

    mutating func check(_ name: String, _ actual: String, _ expected: String) {
        count += 1
        guard actual != expected, deviations.remove(name) == nil else { return }
        let found = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let line = zip(found, wanted).prefix { $0 == $1 }.count
        func excerpt(_ lines: [Substring]) -> String {
            lines.dropFirst(line).prefix(3).joined(separator: "\n").debugDescription
        }
        differences.append("\(name) (line \(line + 1))\n  expected \(excerpt(wanted))\n  found    \(excerpt(found))")
    }

    /// Fails the test if anything differed or too little was compared.
    func finish(atLeast minimum: Int, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(count >= minimum, "only \(count) cases were compared", sourceLocation: sourceLocation)
        #expect(deviations.isEmpty, "these agree now: \(deviations.sorted())", sourceLocation: sourceLocation)
        let limit = Int(ProcessInfo.processInfo.environment["FUSION_BENCH_TEST_DIFFERENCES"] ?? "") ?? 20
        let report = differences.prefix(limit).joined(separator: "\n")
        #expect(
            differences.isEmpty, "\(differences.count) of \(count) differ:\n\(report)", sourceLocation: sourceLocation)
    }
}
