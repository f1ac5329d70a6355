import Foundation
import OperatingSystem

@testable import Configuration

/// The texts of the fixtures, as material for mutations.
enum FuzzCorpus {
    /// Configuration files, and the values of the scalar fixtures.
    static let yaml: [[UInt8]] = {
        let fileTexts = ["tree", "extra", "more"].flatMap { files(below: "\(Fixtures.directory)/\($0)") }
        let scalars = load("scalars", as: Scalars.self)
        let texts = (scalars?.values ?? []).map { "k: " + $0.text } + (scalars?.keys ?? []).map { $0.text + ": 1" }
        return (fileTexts + texts.map { Array($0.utf8) } + resolution.map { Array($0.utf8) }).sorted {
            $0.lexicographicallyPrecedes($1)
        }
    }()

    /// Arguments of command lines.
    static let overrides: [String] = {
        let single = (load("overrides", as: Overrides.self)?.cases ?? []).map(\.text)
        let swept = (load("sweeps", as: Sweeps.self)?.cases ?? []).flatMap(\.overrides)
        return single + swept + composition.flatMap(\.overrides)
    }()

    /// Small configurations with interpolations.
    static let resolution: [String] = (load("interpolations", as: Interpolations.self)?.cases ?? []).map(\.yaml)

    /// The single values of `resolution` that hold interpolations.
    static let interpolations: [String] = resolution.flatMap { text in
        text.split(separator: "\n").compactMap { line in
            line.firstRange(of: "${").map { String(line[$0.lowerBound...]) }
        }
    }

    /// The variables that the fixtures were made with.
    static let environment: [String: String] = load("interpolations", as: Interpolations.self)?.environment ?? [:]

    /// Primary configurations with the arguments that fixtures give for them.
    static let composition: [Composition.Case] = load("compose", as: Composition.self)?.cases ?? []

    struct Composition: Decodable {
        struct Case: Decodable {
            let config_name: String?
            let overrides: [String]
        }

        let cases: [Case]
    }

    private struct Scalars: Decodable {
        struct Case: Decodable {
            let text: String
        }

        let values: [Case]
        let keys: [Case]
    }

    private struct Overrides: Decodable {
        struct Case: Decodable {
            let text: String
        }

        let cases: [Case]
    }

    private struct Sweeps: Decodable {
        struct Case: Decodable {
            let overrides: [String]
        }

        let cases: [Case]
    }

    private struct Interpolations: Decodable {
        struct Case: Decodable {
            let yaml: String
        }

        let environment: [String: String]
        let cases: [Case]
    }

    private static func load<Contents: Decodable>(_ name: String, as type: Contents.Type) -> Contents? {
        try? Fixtures.load(name)
    }

    private static func files(below directory: String) -> [[UInt8]] {
        let names = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".yaml") }.compactMap { try? FileSystem.read("\(directory)/\($0)") }
    }
}
