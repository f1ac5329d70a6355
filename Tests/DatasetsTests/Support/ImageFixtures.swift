import JSON
import OperatingSystem
import TestSupport

@testable import Datasets

/// What `Fixtures/make_image_fixtures.py` made.
enum ImageFixtures {
    static let directory = "\(Repository.directory)/Tests/DatasetsTests/Fixtures/images"

    /// The cases of one kind.
    static func expected(_ kind: String) throws -> JSONValue {
        let value = try JSONValue(parsing: try FileSystem.read("\(directory)/expected.json"))
        return value[kind] ?? nil
    }

    static func read(_ path: String) throws -> [UInt8] { try FileSystem.read(path) }

    static func encoded(_ name: String) throws -> [UInt8] { try FileSystem.read("\(directory)/encoded/\(name)") }

    /// What stands in a compressed file.
    static func bytes(_ name: String) throws -> [UInt8] {
        try Inflater.inflate(try FileSystem.read("\(directory)/\(name).gz"), limit: 1 << 26)
    }

    /// The names of all encoded images.
    static let names = FileSystem.names(in: "\(directory)/encoded")
}

extension JSONValue {
    /// The numbers of a list.
    var sizes: [Int] { array?.compactMap(\.int) ?? [] }
}
