import Checkpoints
import Glibc
import OperatingSystem
import TestSupport
import Testing

/// Whatever is asked for, and whatever the cache holds: what is found is a file in the cache.
@Suite("Locations of any kind")
struct LocationFuzzTests {
    struct Input: FuzzInput {
        let name: String
        let revision: String?
        let subfolder: String?
        /// What stands in the file of the branch `fuzz`.
        let reference: [UInt8]
        let environment: [String: String]

        var bytes: [UInt8] {
            let variables = environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            return Array(([name, revision ?? "", subfolder ?? ""] + variables).joined(separator: "\n").utf8) + reference
        }
    }

    private static let names = [
        "a/b", "openai/clip", "gpt2", "a--b", "a", "..", ".", "/", "a/b/c", "~", "a/b\0", "-", "größe", "broken/link",
        "cycle/links", "no/refs", "no/snapshots", "empty/folder", "file/instead", "",
    ]
    private static let parts =
        names + [
            "main", "fuzz", "c1", "c2", "v1", "refs/pr/1", "../snapshots/c1", "sub", "sub/deep", "../..", "*", "\n",
            "\u{1B}[31m",
            "$HOME", "${HOME}", "$", "${", "}", "~/x", String(repeating: "a", count: 97),
            String(repeating: "x/", count: 3000),
        ]

    private static func text(_ random: inout SplitMix64) -> String {
        switch random.below(4) {
        case 0: return String(decoding: (0..<random.below(8)).map { _ in random.byte() }, as: UTF8.self)
        case 1:
            return (0..<random.below(4)).map { _ in random.pick(parts) }.joined(separator: random.pick(["", "/", "-"]))
        default: return random.pick(parts)
        }
    }

    static func target(_ fixture: HubCacheFixture) -> FuzzTarget<Input> {
        FuzzTarget(name: "location") { random in
            let variables = ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HOME"]
            return Input(
                name: random.chance(percent: 60) ? random.pick(names) : text(&random),
                revision: random.chance(percent: 30) ? nil : random.chance(percent: 30) ? "fuzz" : text(&random),
                subfolder: random.chance(percent: 60) ? nil : text(&random),
                reference: random.chance(percent: 50)
                    ? Array(text(&random).utf8) : (0..<random.below(50)).map { _ in random.byte() },
                environment: Dictionary(
                    uniqueKeysWithValues: variables.filter { _ in random.chance(percent: 50) }.map {
                        ($0, text(&random))
                    }))
        } check: { input in
            let cache = HubCache(environment: input.environment)
            if cache.directory.isEmpty { throw PropertyFailure("no directory") }
            try fixture.directory.write("hub/models--a--b/refs/fuzz", input.reference)
            let location = CheckpointLocation(input.name, revision: input.revision, subfolder: input.subfolder)
            do {
                let resolved = try location.resolved(cache: fixture.cache)
                try check(resolved, input, in: fixture)
            } catch let error as CheckpointError {
                try FuzzMessage.check(error)
            }
        }
    }

    private static func check(
        _ resolved: CheckpointLocation.Resolved, _ input: Input, in fixture: HubCacheFixture
    ) throws {
        guard FileSystem.isFile(resolved.weights.path) else {
            throw PropertyFailure("\(resolved.weights.path.debugDescription) is no file")
        }
        // A subfolder is the user's own; a name and a revision must not lead elsewhere.
        guard resolved.commit != nil, input.subfolder == nil else { return }
        guard let path = FileSystem.resolved(resolved.weights.path),
            path.hasPrefix(fixture.cache.repository(of: input.name) + "/")
        else {
            throw PropertyFailure("\(resolved.weights.path.debugDescription) is not in the cache")
        }
        _ = try resolved.weights.stateDict()
    }

    @Test("What is found is in the cache, and what is not is said")
    func resolver() throws {
        let fixture = try HubCacheFixture()
        let weights = safetensorsBytes(
            header: #"{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, dataByteCount: 1)
        let model = ["model.safetensors": weights, "sub/model.safetensors": weights]
        try fixture.add("a/b", commit: "c1", references: ["v1", "refs/pr/1"], files: model)
        try fixture.add("a/b", commit: "c2", files: model)
        for name in ["openai/clip", "gpt2", "no/refs"] { try fixture.add(name, commit: "c1", files: model) }
        let directory = fixture.directory
        try directory.write("outside/model.safetensors", weights)
        for path in [
            "no--snapshots/refs/main", "empty--folder/snapshots/c1/README.md", "broken--link/snapshots/main/README.md",
            "cycle--links/snapshots/main/README.md",
        ] {
            try directory.write("hub/models--\(path)", "c1")
        }
        try directory.write("hub/models--file--instead", "")
        try #require(
            symlink("nowhere", directory.path("hub/models--broken--link/snapshots/main/model.safetensors")) == 0)
        try #require(
            symlink("model.safetensors", directory.path("hub/models--cycle--links/snapshots/main/model.safetensors"))
                == 0)
        Self.target(fixture).run(inputs: 500)
    }
}
