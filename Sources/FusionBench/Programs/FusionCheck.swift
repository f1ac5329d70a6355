import Checkpoints
import Fabric
import OperatingSystem
import OrderedCollections
import Tensors

/// What is known of a fusion before anything but headers has been read: what is wrong, and what it will take.
struct FusionCheck {
    let parts: FusionParts
    /// Where the result goes.
    let places: [SavePlace]
    let context: FusionContext

    /// Everything that is wrong: with models, with what the method wants of them, with the place of the result, with tasks.
    func problems() -> [String] {
        var problems = parts.pool.loadingProblems()
        // Models that are not there say nothing about the method.
        if problems.isEmpty {
            problems = parts.method.problems(with: parts.pool)
            // They may be why shapes differ.
            problems += problems.isEmpty ? missingTasks() : warnings()
        }
        return problems + places.flatMap { self.problems(with: $0) } + (parts.taskPool?.problems() ?? [])
    }

    /// What is wrong with the task pool for a method that wants its states evaluated.
    private func missingTasks() -> [String] {
        guard let known = parts.taskPool?.taskNames else { return [] }
        do {
            let missing = try parts.method.evaluatedTaskNames(with: parts.pool).filter { !known.contains($0) }
            if missing.isEmpty { return [] }
            let error = MissingTasksError(methodName: parts.method.methodName, names: missing, known: known)
            return [error.description]
        } catch {
            return ["\(error)"]
        }
    }

    /// What does not keep the fusion from running, and may spoil its result.
    func warnings() -> [String] { parts.pool.vocabularyDifferences() }

    /// What is wrong with the place of the result; the model that is written there is as large as the template.
    private func problems(with place: SavePlace) -> [String] {
        guard let template = try? parts.pool.loadPretrainedOrFirst() else {
            // Without a size there is still the place itself.
            let writer = try? CheckpointWriter(CheckpointOutput(directory: place.path, tensors: []))
            return writer?.problems().map(\.description) ?? []
        }
        do {
            let writer = try FusedModelWriter(
                FusedModel(copying: template), of: parts.pool, to: place.path, options: place.options,
                provenance: Provenance(methodName: parts.method.methodName, recipe: "", seed: nil, inputs: .none))
            return writer.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    /// A table of what will be done, one line a row.
    func table() throws -> [(name: String, text: String)] {
        let pool = parts.pool
        let template = try pool.loadPretrainedOrFirst()
        var rows = [("method", parts.method.methodName)]
        let special = pool.hasPretrained ? " and the pretrained one" : ""
        rows.append(("models", "\(pool.modelNames.count)\(special)"))
        let tensors = template.tensors.values
        let count = tensors.reduce(0) { $0 + $1.elementCount }
        let types = Set(tensors.map(\.dtype.rawValue)).sorted().joined(separator: ", ")
        rows.append(("parameters", "\(Self.short(count)) in \(tensors.count) tensors (\(types))"))
        let read = try pool.allNames.reduce(0) { sum, name in
            try sum + pool.load(name).tensors.values.reduce(0) { $0 + $1.byteCount }
        }
        rows.append(("reads", "\(Self.bytes(read)) in each pass"))
        for place in places {
            let written = tensors.reduce(0) { $0 + $1.byteCount }
            let free = FileSystem.availableByteCount(at: Self.existing(place.path)).map {
                "; \(Self.bytes($0)) are free"
            }
            rows.append(("writes", "\(Self.bytes(written)) to \(FileSystem.display(place.path))\(free ?? "")"))
        }
        if let tasks = try parts.taskPool?.summary(in: context) { rows.append(("evaluates", tasks)) }
        let (threads, memory) = (context.fabric.threadCount, try memoryByteCount())
        rows.append(("memory", "about \(Self.bytes(memory)) in each rank with \(threads) threads"))
        return rows
    }

    /// The bytes of the program itself, before it has done anything.
    private static let programByteCount = 30 << 20

    /// The most bytes of memory that a rank needs, roughly: each thread has buffers for parts of tensors, or the tensors that
    /// it needs as a whole.
    func memoryByteCount() throws -> Int {
        let (pool, threads) = (parts.pool, context.fabric.threadCount)
        let buffers = (pool.allNames.count + 4) * StretchUnit.cachedByteCount(inputs: pool.allNames.count)
        let largest = try parts.method.wholeTensorByteCounts(with: pool).sorted(by: >).prefix(threads)
        return Self.programByteCount + threads * buffers + largest.reduce(0, +)
    }

    /// The path, or the innermost directory above it that exists.
    private static func existing(_ path: String) -> String {
        var path = FileSystem.absolute(path)
        while FileSystem.resolved(path) == nil, path != "/" { path = FileSystem.directoryName(path) }
        return path
    }

    private static func short(_ count: Int) -> String {
        for (limit, unit) in [(1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")]
        where count >= limit {
            return "\(tenths(Double(count) / Double(limit))) \(unit)"
        }
        return String(count)
    }

    private static func bytes(_ count: Int) -> String {
        for (limit, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] where count >= limit {
            return "\(tenths(Double(count) / Double(limit))) \(unit)"
        }
        return "\(count) bytes"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// Everything that is wrong with a fusion, one text each.
struct FusionProblems: Error, CustomStringConvertible {
    let texts: [String]

    var description: String {
        texts.count == 1
            ? texts[0] : "\(texts.count) things are wrong:\n" + texts.map { "- \($0)" }.joined(separator: "\n")
    }
}
