import Glibc
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Writing safetensors files")
struct SafetensorsWriterTests {
    private let directory: ScratchDirectory

    init() throws {
        directory = try ScratchDirectory()
    }

    private func writer(
        _ tensors: [TensorDescription], metadata: OrderedDictionary<String, String>? = nil
    ) throws -> SafetensorsWriter {
        try SafetensorsWriter(path: directory.path("file"), tensors: tensors, metadata: metadata)
    }

    private func write(_ bytes: [UInt8], to name: String, at element: Int = 0, _ writer: SafetensorsWriter) throws {
        try bytes.withUnsafeBytes { try writer.write($0, to: name, at: element) }
    }

    private let small = [TensorDescription(name: "t", dtype: .uint8, shape: [8])]

    /// Older files have another order, which nobody writes any more.
    @Test("The bytes are those that Python writes", arguments: SafetensorsFixture.all.filter { $0.name != "older" })
    func python(_ fixture: SafetensorsFixture) throws {
        let source = try SafetensorsFile(fixture.path)
        let tensors = source.stateDict.tensors
        let descriptions = tensors.reversed().map {
            TensorDescription(name: $0.key, dtype: $0.value.dtype, shape: $0.value.shape)
        }
        let writer = try writer(descriptions, metadata: source.header.metadata)
        #expect(writer.byteCount == source.file.byteCount)
        try writer.create()
        for (name, tensor) in tensors { try write(tensor.readAll(), to: name, writer) }
        try writer.finish(flushing: true)
        #expect(try FileSystem.read(writer.path) == FileSystem.read(fixture.path))
        #expect(directory.names == ["file"])
    }

    @Test("Several threads write elements in any order")
    func threads() async throws {
        let count = 1 << 16
        let writer = try writer([
            TensorDescription(name: "a", dtype: .float32, shape: [64, 1024]),
            TensorDescription(name: "b", dtype: .uint8, shape: Shape([count])),
        ])
        try writer.create()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for chunk in (0..<64).reversed() {
                group.addTask {
                    let elements = chunk * 1024..<(chunk + 1) * 1024
                    try write(elements.flatMap { bytes(UInt32($0)) }, to: "a", at: elements.lowerBound, writer)
                    try write(
                        elements.map { UInt8(truncatingIfNeeded: $0 * 7) }, to: "b", at: elements.lowerBound, writer)
                }
            }
            try await group.waitForAll()
        }
        try writer.finish(flushing: false)
        let tensors = try SafetensorsFile(writer.path).stateDict.tensors
        #expect(try tensors["a"]?.readAll() == (0..<count).flatMap { bytes(UInt32($0)) })
        #expect(try tensors["b"]?.readAll() == (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) })
    }

    private func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

    @Test("The old file stays until the new one is whole, and the room is reserved before")
    func atomic() throws {
        try directory.write("file", "old")
        let writer = try writer(small)
        #expect(directory.names == ["file"])
        try writer.create()
        #expect(directory.names == ["file", writer.temporaryPath.split(separator: "/").last.map(String.init)])
        #expect(writer.temporaryPath.hasPrefix(writer.path + ".tmp-"))
        #expect(try FileSystem.read(writer.temporaryPath).count == writer.byteCount)
        try write([1, 2, 3, 4, 5, 6, 7, 8], to: "t", writer)
        #expect(try directory.read("file") == "old")
        try writer.finish(flushing: false)
        #expect(try SafetensorsFile(writer.path).stateDict.tensors["t"]?.readAll() == [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(directory.names == ["file"])
    }

    @Test("A file is not finished before all elements were written")
    func incomplete() throws {
        try directory.write("file", "old")
        let writer = try writer(
            small
                + ["u", "v", "empty"].map {
                    TensorDescription(name: $0, dtype: .int16, shape: $0 == "empty" ? [0] : [3])
                })
        try writer.create()
        try write([1, 2, 3], to: "t", writer)
        try write([5, 6, 7, 8], to: "t", at: 4, writer)
        try write([1, 2, 3, 4, 5, 6], to: "u", writer)
        #expect(throws: CheckpointError.incomplete(path: writer.path, tensors: ["v", "t"])) {
            try writer.finish(flushing: false)
        }
        #expect(directory.names == ["file"])
        #expect(try directory.read("file") == "old")
    }

    @Test("An abandoned or forgotten file is gone, and who still writes is told")
    func abandoned() throws {
        var forgotten: SafetensorsWriter? = try writer(small)
        try forgotten?.create()
        #expect(directory.names.count == 1)
        forgotten = nil
        #expect(directory.names.isEmpty)
        let writer = try writer(small)
        try writer.create()
        writer.abandon()
        #expect(directory.names.isEmpty)
        #expect(throws: CheckpointError.abandoned(path: writer.path)) { try write([1], to: "t", writer) }
        #expect(throws: CheckpointError.abandoned(path: writer.path)) { try writer.finish(flushing: false) }
        writer.abandon()
    }

    @Test(
        "What a killed process left under the temporary name is replaced, and what a link there leads to is not touched"
    )
    func stale() throws {
        try directory.write("precious", "precious")
        let writer = try writer(small)
        try #require(symlink(directory.path("precious"), writer.temporaryPath) == 0)
        try writer.create()
        try write([UInt8](repeating: 0, count: 8), to: "t", writer)
        try writer.finish(flushing: false)
        #expect(try directory.read("precious") == "precious")
        #expect(try SafetensorsFile(writer.path).stateDict.byteCount == 8)
    }

    @Test("What the format has no room for is refused")
    func refused() throws {
        func problem(_ tensors: [TensorDescription]) -> CheckpointError? {
            #expect(throws: CheckpointError.self) { try writer(tensors) }
        }
        let path = directory.path("file")
        #expect(problem(small + small) == .invalidSafetensors(path: path, .duplicateTensor("t")))
        #expect(
            problem([TensorDescription(name: "__metadata__", dtype: .uint8, shape: [1])])
                == .invalidSafetensors(path: path, .reservedName("__metadata__")))
        #expect(
            problem([TensorDescription(name: "t", dtype: .float4, shape: [3])])
                == .invalidSafetensors(path: path, .partialByte(.float4, shape: [3], tensor: "t")))
        let huge = ["a", "b", "c"].map { TensorDescription(name: $0, dtype: .uint8, shape: [Int.max / 8]) }
        #expect(throws: Never.self) { try writer(huge) }
        let tooHuge = (0..<9).map { TensorDescription(name: "\($0)", dtype: .uint8, shape: [Int.max / 8]) }
        #expect(
            problem(tooHuge) == .invalidSafetensors(path: path, .shapeTooLarge([Int.max / 8], tensor: "8")))
        let header = try SafetensorsHeader(layingOut: small, metadata: nil)
        let count = try header.encoded().count - 8
        #expect(throws: SafetensorsProblem.headerTooLong(byteCount: UInt64(count), limit: count - 1)) {
            try header.encoded(limit: count - 1)
        }
    }

    @Test("A directory that is not there is named")
    func unwritable() throws {
        let path = directory.path("none/file")
        let writer = try SafetensorsWriter(path: path, tensors: small, metadata: nil)
        #expect(throws: CheckpointError.unwritable(path: path, code: ENOENT)) { try writer.create() }
    }

    @Test(
        "A full disk is found before the first element",
        .enabled(if: TemporaryFileSystem.isAvailable, "\(TemporaryFileSystem.reason)"))
    func full() throws {
        let disk = try TemporaryFileSystem(byteCount: 1 << 20)
        try FileSystem.write("old", to: disk.path + "/file")
        let tensors = [TensorDescription(name: "t", dtype: .uint8, shape: [1 << 20])]
        let writer = try SafetensorsWriter(path: disk.path + "/file", tensors: tensors, metadata: nil)
        let error = #expect(throws: CheckpointError.self) { try writer.create() }
        guard case .insufficientSpace(writer.path, writer.byteCount, let available) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(available > 900_000 && available < 1 << 20)
        #expect(FileSystem.names(in: disk.path) == ["file"])
        #expect(try FileSystem.read(disk.path + "/file") == Array("old".utf8))
        // What is not needed is free again.
        #expect(FileSystem.availableByteCount(at: disk.path) == available)
    }

    @Test(
        "A file system that cannot be written to is named",
        .enabled(if: TemporaryFileSystem.isAvailable, "\(TemporaryFileSystem.reason)"))
    func readOnly() throws {
        let disk = try TemporaryFileSystem(byteCount: 1 << 20)
        try disk.makeReadOnly()
        let writer = try SafetensorsWriter(path: disk.path + "/file", tensors: small, metadata: nil)
        #expect(throws: CheckpointError.unwritable(path: writer.path, code: EROFS)) { try writer.create() }
    }
}
