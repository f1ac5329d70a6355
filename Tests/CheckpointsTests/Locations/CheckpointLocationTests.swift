import Checkpoints
import Diagnostics
import Glibc
import OrderedCollections
import TestSupport
import Testing

@Suite("Where models are")
struct CheckpointLocationTests {
    private let fixture: HubCacheFixture
    private let weights = safetensorsBytes(
        header: #"{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, dataByteCount: 1)

    init() throws {
        fixture = try HubCacheFixture()
    }

    private func resolve(
        _ name: String, revision: String? = nil, subfolder: String? = nil
    ) throws -> CheckpointLocation.Resolved {
        try CheckpointLocation(name, revision: revision, subfolder: subfolder).resolved(cache: fixture.cache)
    }

    private func problem(_ name: String, revision: String? = nil, subfolder: String? = nil) -> LocationProblem? {
        let error = #expect(throws: CheckpointError.self) {
            try resolve(name, revision: revision, subfolder: subfolder)
        }
        guard case .location(let problem) = error else { return nil }
        #expect(error?.description == problem.description.withVisibleControls)
        return problem
    }

    @Test("A file is taken as it is")
    func file() throws {
        for (name, kind) in [
            ("a.safetensors", WeightFile.Kind.safetensors), ("a.safetensors.index.json", .safetensorsIndex),
            ("a.bin", .pytorch), ("a.pt", .pytorch), ("a.pth", .pytorch), ("a.bin.index.json", .pytorchIndex),
        ] {
            try fixture.directory.write("local/\(name)", weights)
            let resolved = try resolve(fixture.directory.path("local/\(name)"))
            #expect(resolved.directory == fixture.directory.path("local") && resolved.commit == nil)
            #expect(resolved.weights.kind == kind && resolved.weights.path == fixture.directory.path("local/\(name)"))
        }
        try fixture.directory.write("local/config.json", weights)
        let path = fixture.directory.path("local/config.json")
        #expect(problem(path) == .unknownFileKind(path: path))
    }

    @Test("Of a directory's files the one is taken that Transformers takes, else OpenCLIP's")
    func order() throws {
        let directory = fixture.directory.path("local")
        for name in WeightFile.preferredNames.reversed() {
            try fixture.directory.write("local/\(name)", weights)
            #expect(try resolve(directory).weights.path == "\(directory)/\(name)")
        }
        #expect(
            WeightFile.preferredNames == [
                "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin",
                "pytorch_model.bin.index.json", "open_clip_model.safetensors", "open_clip_pytorch_model.bin",
            ])
        #expect(try resolve(directory).weights.stateDict().tensors.keys == ["t"])
    }

    @Test("A directory without weights says what was looked for, and what is there")
    func noWeights() throws {
        for name in ["tf_model.h5", "flax_model.msgpack", "config.json", "other.safetensors", "x.gguf"] {
            try fixture.directory.write("local/\(name)", "")
        }
        let directory = fixture.directory.path("local")
        let others = ["flax_model.msgpack", "other.safetensors", "tf_model.h5", "x.gguf"]
        #expect(problem(directory) == .noWeights(directory: directory, others: others))
        let text = problem(directory)?.description ?? ""
        for name in WeightFile.preferredNames + others { #expect(text.contains(name)) }
    }

    @Test("A subfolder is part of the place")
    func subfolder() throws {
        try fixture.directory.write("local/unet/model.safetensors", weights)
        let directory = fixture.directory.path("local")
        #expect(try resolve(directory, subfolder: "unet").directory == "\(directory)/unet")
        #expect(
            problem(directory, subfolder: "umet") == .noSubfolder("umet", directory: directory, nearest: ["unet"]))
        try fixture.add("a/b", commit: "c1", files: ["x/y/model.safetensors": weights])
        let resolved = try resolve("a/b", subfolder: "x/y")
        #expect(resolved.directory == fixture.snapshot("a/b", "c1") + "/x/y" && resolved.commit == "c1")
        #expect(try resolved.weights.stateDict().tensors.keys == ["t"])
    }

    @Test("A model of the hub is found by branch, tag and commit")
    func revisions() throws {
        let model = ["model.safetensors": weights]
        try fixture.add("a/b", commit: "c1", references: ["v1", "refs/pr/1"], files: model)
        try fixture.add("a/b", commit: "c2", references: ["main"], files: model)
        for (revision, commit) in [(nil, "c2"), ("main", "c2"), ("v1", "c1"), ("refs/pr/1", "c1"), ("c1", "c1")] {
            let resolved = try resolve("a/b", revision: revision)
            #expect(resolved.commit == commit && resolved.directory == fixture.snapshot("a/b", commit))
            #expect(resolved.weights.path == fixture.snapshot("a/b", commit) + "/model.safetensors")
        }
        #expect(
            problem("a/b", revision: "v2")
                == .unknownRevision(
                    name: "a/b", kind: .model, revision: "v2", repository: fixture.cache.repository(of: "a/b"),
                    known: ["main", "refs", "v1", "c1", "c2"]))
    }

    @Test(
        "A revision leads nowhere but to a snapshot",
        arguments: ["..", "../../x", "/", "", "a/../b", "a//b", ".", "a\0b"])
    func wrongRevisions(_ revision: String) throws {
        try fixture.add("a/b", commit: "c1", files: ["model.safetensors": weights])
        #expect(problem("a/b", revision: revision) == .invalidRevision(revision))
    }

    @Test("A reference that holds something else is not followed", arguments: ["../../x", "", "c1/../c1", "a b\u{1B}"])
    func wrongReferences(_ reference: String) throws {
        try fixture.add("a/b", commit: "c1", files: ["model.safetensors": weights])
        try fixture.directory.write("hub/models--a--b/refs/main", reference)
        guard case .unknownRevision("a/b", .model, "main", _, let known) = problem("a/b") else {
            Issue.record("another problem")
            return
        }
        #expect(known == ["main", "c1"])
        // As an editor would leave it.
        try fixture.directory.write("hub/models--a--b/refs/main", "c1\n")
        #expect(try resolve("a/b").commit == "c1")
    }

    @Test("A reference of absurd length is not read")
    func longReference() throws {
        try fixture.add("a/b", commit: "c1", files: ["model.safetensors": weights])
        try #require(truncate(fixture.directory.path("hub/models--a--b/refs/main"), 1 << 40) == 0)
        guard case .unknownRevision = problem("a/b") else {
            Issue.record("another problem")
            return
        }
    }

    @Test("What is nowhere says where it was looked for, and what is near")
    func notFound() throws {
        for name in ["openai/clip-vit-base-patch32", "openai/clip-vit-large-patch14", "gpt2"] {
            try fixture.add(name, commit: "c1", files: ["model.safetensors": weights])
        }
        let name = "openai/clip-vit-base-patch16"
        guard case .notFound(name, let places, let nearest) = problem(name) else {
            Issue.record("another problem")
            return
        }
        #expect(places.count == 2 && places[0].hasSuffix("/" + name))
        #expect(places[1].hasSuffix(fixture.cache.repository(of: name)))
        #expect(nearest.first == "openai/clip-vit-base-patch32" && !nearest.contains("gpt2"))
        let text = problem(name)?.description ?? ""
        for part in places + nearest { #expect(text.contains(part)) }
        // A path is no name of the hub.
        guard case .notFound(_, let paths, []) = problem("/no/such/model") else {
            Issue.record("another problem")
            return
        }
        #expect(paths.count == 1)
        guard case .notFound = problem(fixture.directory.path + "\0") else {
            Issue.record("another problem")
            return
        }
    }

    @Test("A local directory comes before a model of the hub")
    func local() throws {
        let name = fixture.directory.path("hub")
        try fixture.directory.write("hub/model.safetensors", weights)
        #expect(try resolve(name).commit == nil)
    }

    @Test("A link to nothing is named: an unfinished download")
    func brokenLink() throws {
        try fixture.add("a/b", commit: "c1", files: ["model.safetensors": weights])
        try #require(unlink(fixture.directory.path("hub/models--a--b/blobs/c1-model.safetensors")) == 0)
        let path = fixture.snapshot("a/b", "c1") + "/model.safetensors"
        #expect(problem("a/b") == .brokenLink(path: path, destination: "../../blobs/c1-model.safetensors"))
        let link = fixture.directory.path("link")
        try #require(symlink("nowhere", link) == 0)
        #expect(problem(link) == .brokenLink(path: link, destination: "nowhere"))
        try #require(unlink(link) == 0 && symlink("link", link) == 0)
        #expect(problem(link) == .brokenLink(path: link, destination: "link"))
    }

    @Test("A checkpoint of several files is found in the cache")
    func sharded() throws {
        let index = #"{"weight_map":{"t":"model-00001-of-00001.safetensors"}}"#
        try fixture.add(
            "a/b", commit: "c1",
            files: [
                "model.safetensors.index.json": Array(index.utf8), "model-00001-of-00001.safetensors": weights,
            ])
        #expect(try resolve("a/b").weights.stateDict().tensors["t"]?.readAll() == [0])
    }

    @Test("Files of PyTorch say that they cannot be read yet")
    func pytorch() throws {
        try fixture.directory.write("local/pytorch_model.bin", "")
        let weights = try resolve(fixture.directory.path("local")).weights
        #expect(throws: CheckpointError.self) { try weights.stateDict() }
    }
}
