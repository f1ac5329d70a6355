import Checkpoints
import Glibc
import OperatingSystem
import Tensors
import TestSupport
import Testing

@Suite("What keeps a model from being written")
struct OutputProblemTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func output(_ path: String, _ sizes: [Int] = [10], inputs: [String] = []) throws -> CheckpointOutput {
        var output = CheckpointOutput(directory: path, tensors: WrittenCheckpoint.tensors(sizes))
        output.inputs = inputs
        output.shardSize = try ShardSize(byteCount: 10)
        return output
    }

    private func problems(_ path: String, _ sizes: [Int] = [10], inputs: [String] = []) throws -> [CheckpointError] {
        let writer = try CheckpointWriter(output(path, sizes, inputs: inputs))
        let problems = writer.problems()
        if !problems.isEmpty {
            let before = directory.files
            let error = #expect(throws: CheckpointError.self) { try writer.create() }
            #expect(error == (problems.count == 1 ? problems[0] : .several(problems)))
            #expect(directory.files == before)
        }
        return problems
    }

    @Test("A file in the way of the directory, or a directory in the way of a file")
    func kinds() throws {
        try directory.write("file", "text")
        let file = directory.path("file")
        #expect(try problems(file) == [.output(.notDirectory(path: file))])
        #expect(try problems(file + "/below/it") == [.output(.notDirectory(path: file))])
        try FileSystem.makeDirectory(directory.path("out/model.safetensors"))
        #expect(
            try problems(directory.path("out"))
                == [.output(.isDirectory(path: directory.path("out/model.safetensors")))])
        #expect(try directory.read("file") == "text")
    }

    @Test("The directory of an input is not written to, by whatever name")
    func directories() throws {
        try directory.write("model/model.safetensors", "")
        let model = directory.path("model")
        try #require(symlink("model", directory.path("link")) == 0)
        try FileSystem.makeDirectory(directory.path("other"))
        for (out, input) in [
            (model, model), (directory.path("link"), model), (model, directory.path("link")),
            (directory.path("other/../model/."), model), (model, model + "/"),
        ] {
            #expect(
                try problems(out, inputs: [directory.path("other"), input])
                    == [.output(.directoryIsInput(path: FileSystem.absolute(out), input: input))])
        }
        #expect(try problems(directory.path("other"), inputs: [model, directory.path("none")]).isEmpty)
        #expect(try problems(model + "/below", inputs: [model]).isEmpty)
    }

    @Test("A file that is read is neither replaced nor removed, by whatever name")
    func files() throws {
        let out = directory.path("out")
        try directory.write("out/model.safetensors", "one")
        try directory.write("out/model-00001-of-00002.safetensors", "two")
        try directory.write("out/other.safetensors", "three")
        let replaced = CheckpointError.output(
            .fileIsInput(path: out + "/model.safetensors", input: directory.path("hard")))
        try #require(link(out + "/model.safetensors", directory.path("hard")) == 0)
        try #require(symlink("out/model.safetensors", directory.path("soft")) == 0)
        #expect(try problems(out, inputs: [directory.path("hard"), directory.path("soft")]) == [replaced])
        // One shard fewer than before: the old one would be removed.
        let stale = out + "/model-00001-of-00002.safetensors"
        #expect(try problems(out, inputs: [stale]) == [.output(.fileIsInput(path: stale, input: stale))])
        #expect(try problems(out, inputs: [out + "/other.safetensors"]).isEmpty)
        // An output that is a link to an input.
        try #require(unlink(out + "/model.safetensors") == 0)
        try directory.write("input.safetensors", "four")
        try #require(symlink("../input.safetensors", out + "/model.safetensors") == 0)
        let input = directory.path("input.safetensors")
        #expect(
            try problems(out, inputs: [input])
                == [.output(.fileIsInput(path: out + "/model.safetensors", input: input))])
    }

    @Test("All problems are told together")
    func several() throws {
        try directory.write("file", "")
        var output = try output(directory.path("file"))
        output.companions = ["a", "b"].map { CompanionFile(name: $0, content: .copy(of: directory.path($0))) }
        #expect(
            try CheckpointWriter(output).problems() == [
                .output(.notDirectory(path: directory.path("file"))),
                .unreadable(path: directory.path("a"), code: ENOENT),
                .unreadable(path: directory.path("b"), code: ENOENT),
            ])
    }

    @Suite("On small disks", .enabled(if: TemporaryFileSystem.isAvailable, "\(TemporaryFileSystem.reason)"))
    struct Disks {
        private let disk: TemporaryFileSystem
        private let size = 4 << 20

        init() throws {
            disk = try TemporaryFileSystem(byteCount: size)
            try WrittenCheckpoint.write(
                CheckpointOutput(directory: disk.path + "/out", tensors: WrittenCheckpoint.tensors([100_000])),
                filledWith: 1)
        }

        private func output(_ sizes: [Int]) throws -> CheckpointOutput {
            var output = CheckpointOutput(directory: disk.path + "/out", tensors: WrittenCheckpoint.tensors(sizes))
            output.shardSize = try ShardSize(byteCount: 1 << 20)
            return output
        }

        private func expectEarlierModel() throws {
            #expect(FileSystem.names(in: disk.path + "/out") == ["model.safetensors"])
            #expect(try WrittenCheckpoint.numbers(in: disk.path + "/out") == [1])
        }

        @Test("A disk without enough room for all shards is found out before the first is made")
        func full() throws {
            let writer = try CheckpointWriter(output([1 << 20, 1 << 20, 1 << 20, 1 << 20]))
            guard case .insufficientSpace(_, let needed, let available) = writer.problems().first else {
                Issue.record("the missing room is not seen")
                return
            }
            #expect(needed > size && available < size && writer.problems().count == 1)
            #expect(throws: CheckpointError.self) { try writer.create() }
            try expectEarlierModel()
        }

        @Test("Room that is reserved cannot be taken away by others")
        func reserved() throws {
            let output = try output([1 << 20, 1 << 20])
            let writer = try CheckpointWriter(output)
            try writer.create()
            let other = open(disk.path + "/other", O_WRONLY | O_CREAT, 0o644)
            defer { close(other) }
            let chunk = [UInt8](repeating: 0, count: 1 << 16)
            while write(other, chunk, chunk.count) > 0 {}
            #expect(errno == ENOSPC)
            try WrittenCheckpoint.fill(writer, output.tensors, with: 2)
            #expect(try WrittenCheckpoint.numbers(in: disk.path + "/out") == [1])
            _ = try writer.finish(flushing: true)
            #expect(try WrittenCheckpoint.numbers(in: disk.path + "/out") == [2])
        }

        @Test("A disk that takes no further files, which no check sees, leaves the earlier model")
        func noFurtherFiles() throws {
            // Two directories and one file are there; of the three files to come, one is too many.
            let disk = try TemporaryFileSystem(byteCount: size, fileCount: 5)
            var output = CheckpointOutput(
                directory: disk.path + "/out", tensors: WrittenCheckpoint.tensors([1 << 19, 1 << 19]))
            try WrittenCheckpoint.write(output, filledWith: 1)
            output.shardSize = try ShardSize(byteCount: 1 << 19)
            let writer = try CheckpointWriter(output)
            #expect(writer.problems().isEmpty)
            let error = #expect(throws: CheckpointError.self) { try writer.create() }
            let index = disk.path + "/out/model.safetensors.index.json"
            #expect(error == .unwritable(path: index, code: ENOSPC))
            #expect(FileSystem.names(in: disk.path + "/out") == ["model.safetensors"])
            #expect(try WrittenCheckpoint.numbers(in: disk.path + "/out") == [1])
        }

        @Test("A file system that cannot be written to is named")
        func readOnly() throws {
            try disk.makeReadOnly()
            let output = try output([100])
            let writer = try CheckpointWriter(output)
            #expect(writer.problems() == [.unwritable(path: disk.path + "/out", code: EROFS)])
            #expect(throws: CheckpointError.unwritable(path: disk.path + "/out", code: EROFS)) { try writer.create() }
            try expectEarlierModel()
        }
    }
}
