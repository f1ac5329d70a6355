import Datasets
import JSON
import OperatingSystem
import TestSupport

/// What `make_tokenizer_fixtures.py` wrote.
enum TokenizerFixtures {
    static let directory = Repository.directory + "/Tests/DatasetsTests/Fixtures/tokenizers"

    static let names = ["clip", "clip_files", "gpt2", "unusual"]

    static func tokenizer(_ name: String) throws -> Tokenizer {
        try Tokenizer(directory: "\(directory)/\(name)")
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try FileSystem.read("\(directory)/\(name)")
    }

    static func entries(_ name: String) throws -> [JSONValue] {
        try JSONValue(parsing: bytes(name)).array ?? []
    }
}

extension JSONValue {
    /// The ids under a key.
    func ids(_ key: String) -> [Int32]? {
        self[key]?.array?.compactMap { $0.int.flatMap { Int32(exactly: $0) } }
    }
}
