import Checkpoints
import Fabric
import JSON
import OperatingSystem
import OrderedCollections
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Fine-tuning of CLIP's vision towers")
struct CLIPFinetuneTests {
    private static let fewSteps = "learning_rate: 1e-3\nnum_steps: 6\nbatch_size: 20\nmicro_batch_size: 8\n"
    private static let few = FinetuningRun.finetune + fewSteps
    private static let lora =
        "lora_config: {r: 3, lora_alpha: 6, lora_dropout: 0.25, target_modules: [q_proj, v_proj, fc1]}\n"

    @Test("A few steps have the losses and the weights of PyTorch")
    func parity() throws {
        let run = try FinetuningRun()
        let found = try run(
            FinetuningRun.finetune
                + "learning_rate: 1e-3\nweight_decay: 0.01\nnum_steps: 4\nbatch_size: 48\nmicro_batch_size: 32\n")
        let directory = FinetuningRun.fixtures + "/finetuning"
        let losses = try #require(JSONValue(parsing: FileSystem.read(directory + "/losses.json")).array)
        #expect(found.losses.count == losses.count)
        for (loss, expected) in zip(found.losses, losses) { #expect(abs(loss - (expected.double ?? 0)) < 1e-5) }
        let expected = try SafetensorsFile(directory + "/tuned.safetensors").stateDict.tensors
        for (name, tensor) in expected {
            let own = try #require(found.tensors["vision_model." + name])
            // The bias of keys cancels out in a softmax: its gradient is nothing but rounding errors.
            if name.hasSuffix("k_proj.bias") { continue }
            let difference = zip(own.values, try MergedTensor(tensor).values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(difference < 1e-5, "\(name)")
        }
        #expect(found.tensors.count == expected.count)
    }

    @Test(
        "The result has the same bits on any number of ranks and threads",
        arguments: ["", "use_lora: true\n" + lora, "use_l_lora: true\n" + lora])
    func bits(_ more: String) throws {
        let alone = try FinetuningRun()(Self.few + more)
        #expect(alone.losses.count == 6)
        for (ranks, threads) in [(1, 2), (2, 1), (2, 2), (3, 1), (3, 2)] {
            var run = try FinetuningRun()
            (run.ranks, run.threads) = (ranks, threads)
            let found = try run(Self.few + more)
            #expect(found.tensors == alone.tensors, "\(ranks) ranks, \(threads) threads")
            #expect(found.losses == alone.losses, "\(ranks) ranks, \(threads) threads")
        }
    }

    @Test("The loss falls, whatever is trained", arguments: ["", "use_lora: true\n", "use_l_lora: true\n"])
    func lossFalls(_ more: String) throws {
        let found = try FinetuningRun()(
            FinetuningRun.finetune + "learning_rate: 5e-3\nnum_steps: 30\nbatch_size: 48\n" + more
                + "lora_config: {r: 4, lora_alpha: 16, target_modules: all-linear}\n")
        #expect(found.losses.count == 30)
        #expect(found.losses[29] < found.losses[0] - 0.3)
    }

    /// A run that was stopped after any step that was kept, and resumed, ends with the same bytes.
    @Test("A resumed run ends as an undisturbed one", arguments: ["", "use_lora: true\n" + lora])
    func resume(_ more: String) throws {
        let whole = try FinetuningRun()(Self.few + more)
        var run = try FinetuningRun()
        run.saveInterval = 2
        // A data set that breaks off in the middle of the training stops it.
        #expect(throws: (any Error).self) { try run(Self.few + more + "save_interval: 5\n", failingAfter: 5) }
        #expect(FileSystem.names(in: run.directory.path + "/states").count == 1)
        run.resumes = true
        (run.ranks, run.threads) = (2, 1)
        let resumed = try run(Self.few + more)
        #expect(resumed.tensors == whole.tensors && resumed.losses == whole.losses)
        #expect(FileSystem.names(in: run.directory.path + "/states").isEmpty)
    }

    @Test("Models are saved every few steps, with the weights of that step")
    func saving() throws {
        let run = try FinetuningRun()
        let found = try run(Self.few + "save_interval: 3\n")
        let checkpoints = run.directory.path + "/checkpoints"
        #expect(FileSystem.names(in: checkpoints).sorted() == ["step=2", "step=5"])
        let last = try SafetensorsFile(checkpoints + "/step=5/model.safetensors").stateDict.tensors
        #expect(try last.mapValues(MergedTensor.init) == found.tensors)
        let middle = try SafetensorsFile(checkpoints + "/step=2/model.safetensors").stateDict.tensors
        #expect(try middle.mapValues(MergedTensor.init) != found.tensors)
        // Training may start from one of them, and need not go on.
        let loaded = try FinetuningRun()(
            Self.few + "skip_training: true\nstate_dict_load_path: \(checkpoints)/step=2\n")
        #expect(try middle.mapValues(MergedTensor.init) == loaded.tensors)
    }

    @Test("An adapter that was saved makes the same model as the training")
    func adapter() throws {
        let run = try FinetuningRun()
        let found = try run(Self.few + "use_lora: true\nsave_interval: 6\n" + Self.lora)
        let directory = run.directory.path + "/checkpoints/step=5/adapter"
        var reference = ModelReference(location: FinetuningRun.evaluation + "/clip")
        reference.adapter = directory
        let pool = ModelPool(.clipVision, references: ["tuned": reference])
        let loaded = try pool.load("tuned")
        #expect(loaded.tensors.count == found.tensors.count)
        for (key, tensor) in loaded.tensors {
            let own = try #require(found.tensors["vision_model." + key])
            let error = MergedTensor.error(own, expected: try MergedTensor(tensor))
            #expect(error < 1e-6, "\(key)")
        }
        let base = try SafetensorsFile(FinetuningRun.evaluation + "/clip/model.safetensors").stateDict.tensors
        for (name, tensor) in found.tensors {
            let isAdapted = ["q_proj.weight", "v_proj.weight", "fc1.weight"].contains { name.hasSuffix($0) }
            #expect((try MergedTensor(#require(base[name])) != tensor) == isAdapted, "\(name)")
        }
        let factors = try SafetensorsFile(directory + "/adapter_model.safetensors").stateDict.tensors
        #expect(factors.count == 2 * 2 * 3)
    }

    @Test("In L-LoRA, the first factor stays")
    func linearized() throws {
        let runs = try ["use_lora", "use_l_lora"].map { kind in
            let run = try FinetuningRun()
            _ = try run(Self.few + "\(kind): true\nsave_interval: 2\n" + Self.lora)
            return try [1, 5].map { step in
                try SafetensorsFile(
                    run.directory.path + "/checkpoints/step=\(step)/adapter/adapter_model.safetensors"
                ).stateDict.tensors.mapValues(MergedTensor.init)
            }
        }
        for name in runs[1][0].keys {
            #expect((runs[1][0][name] == runs[1][1][name]) == name.contains("lora_A"), "\(name)")
            #expect(runs[0][0][name] != runs[0][1][name], "\(name)")
        }
    }

    @Test("Tasks come one after another, each with a training of its own")
    func continual() throws {
        let settings = "learning_rate: 1e-3\nnum_steps: 3\nbatch_size: 20\nsave_interval: 2\n"
        let run = try FinetuningRun()
        let found = try run(FinetuningRun.continual + settings + "shuffle_order: false\n")
        #expect(found.losses.count == 6)
        let names = FileSystem.names(in: run.directory.path + "/checkpoints").sorted()
        #expect(names == ["task=0_step=1", "task=1_step=1"])
        // The first task alone comes to the same first losses.
        let first = try FinetuningRun()(
            FinetuningRun.finetune + settings,
            data: String(FinetuningRun.standardData.split(separator: "\n")[0]) + "\n")
        #expect(first.losses == Array(found.losses[..<3]))
        var parallel = try FinetuningRun()
        (parallel.ranks, parallel.threads) = (2, 2)
        #expect(try parallel(FinetuningRun.continual + settings + "shuffle_order: false\n").tensors == found.tensors)
    }

    /// Wherever a later task was broken off, those before it are not trained again.
    @Test(
        "A run resumed in a later task ends as an undisturbed one, without the tasks before",
        arguments: ["", "use_lora: true\n" + lora], [6, 9])
    func resumeOfLaterTask(_ more: String, _ failing: Int) throws {
        let method = FinetuningRun.continual + Self.fewSteps + more
        let whole = try FinetuningRun()(method)
        #expect(whole.losses.count == 12)
        var run = try FinetuningRun()
        run.saveInterval = 2
        #expect(throws: (any Error).self) { try run(method, failingAfter: failing) }
        let states = run.directory.path + "/states"
        #expect(FileSystem.names(in: states).count == (failing == 6 ? 1 : 2))
        run.resumes = true
        (run.ranks, run.threads) = (2, 1)
        // Steps of the first task would be logged, and end the run.
        let steps = Recorder()
        run.stepReceiver = steps
        let resumed = try run(method, failingAfter: 0)
        #expect(resumed.tensors == whole.tensors && resumed.losses == whole.losses)
        // All states come again: the reports on them may lie in another directory.
        #expect(steps.names.withLock(\.self).count == 2 * 2)
        #expect(FileSystem.names(in: states).isEmpty)
    }

    @Test("A run that does not resume takes nothing of a former one")
    func freshStart() throws {
        let method = FinetuningRun.continual + Self.fewSteps
        var run = try FinetuningRun()
        run.saveInterval = 2
        #expect(throws: (any Error).self) { try run(method, failingAfter: 9) }
        #expect(FileSystem.names(in: run.directory.path + "/states").count == 2)
        // What was kept of the first task stays until there is something new.
        #expect(throws: (any Error).self) { try run(method, failingAfter: 0) }
        let left = FileSystem.names(in: run.directory.path + "/states")
        #expect(left.count == 1 && left.allSatisfy { $0.hasPrefix("clip_continual_finetune_0-") })
        // Where nothing is to be kept, results are not, either.
        let other = try FinetuningRun()
        #expect(throws: (any Error).self) { try other(method, failingAfter: 9) }
        #expect(FileSystem.names(in: other.directory.path + "/states").isEmpty)
    }

    @Test("What a run that tries things out has kept is not taken for the whole")
    func fastRun() throws {
        let method = FinetuningRun.continual + Self.fewSteps
        let whole = try FinetuningRun()(method)
        var run = try FinetuningRun()
        (run.saveInterval, run.isFast) = (1, true)
        #expect(throws: (any Error).self) { try run(method, failingAfter: 1) }
        #expect(FileSystem.names(in: run.directory.path + "/states").count == 1)
        (run.isFast, run.resumes) = (false, true)
        let found = try run(method)
        #expect(found.tensors == whole.tensors && found.losses == whole.losses)
    }

    @Test("The model is handed over after each task, the last time as the result")
    func statesOfTasks() throws {
        var run = try FinetuningRun()
        let steps = Recorder()
        run.stepReceiver = steps
        let found = try run(FinetuningRun.continual + "num_steps: 2\nbatch_size: 20\nlearning_rate: 1e-3\nseed: 3\n")
        let order = try #require(steps.orders.withLock(\.self).first)
        #expect(order.sorted() == ["eurosat", "mnist"])
        #expect(steps.names.withLock(\.self) == [[order[0]], order])
        let states = steps.states.withLock(\.self)
        #expect(states.count == 2 && states[1] == found.tensors && states[0] != found.tensors)
        // On all tasks at once there is nothing on the way.
        run = try FinetuningRun()
        let none = Recorder()
        run.stepReceiver = none
        _ = try run(FinetuningRun.finetune + "num_steps: 1\nbatch_size: 20\n")
        #expect(none.orders.withLock(\.self).isEmpty && none.names.withLock(\.self).isEmpty)
    }

    @Test("What is wrong is said before anything is computed")
    func problems() throws {
        let pool = try FinetuningRun.pool(data: "  mnist: {_target_: datasets.load_dataset, path: /nowhere}\n")
        let method = try MergingRun.method(FinetuningRun.finetune)
        #expect(method.problems(with: pool).contains { $0.contains("/nowhere") })
        #expect(method.problems(with: MergingRun.pool([("a", "x")])).first?.contains("CLIP vision") == true)
        #expect(throws: LowRankAdaptationError.self) {
            _ = try FinetuningRun()(Self.few + "use_lora: true\nlora_config: {target_modules: [q_prj]}\n")
        }
        #expect(throws: (any Error).self) {
            try MergingRun.method(FinetuningRun.finetune + "lora_config: {bias: all}\n")
        }
        #expect(throws: (any Error).self) { try MergingRun.method(FinetuningRun.finetune + "batch_size: 0\n") }
    }

    @Test("A loss that is not finite ends the training, naming the step")
    func notFinite() throws {
        let error = #expect(throws: TrainingError.self) {
            try FinetuningRun()(FinetuningRun.finetune + "learning_rate: 1e30\nnum_steps: 20\nbatch_size: 48\n")
        }
        guard case .notFinite(let step, _) = error else { throw try #require(error) }
        #expect(step > 0 && step < 20)
    }
}

/// Notes the states that it gets, of each rank.
private final class Recorder: FusionStepReceiver {
    let orders = Mutex<[[String]]>([])
    let names = Mutex<[[String]]>([])
    let states = Mutex<[MergingRun.Tensors]>([])

    func begin(_ names: [String], record: FusionStepRecord) { orders.withLock { $0.append(names) } }

    func receive(_ step: FusionStep, record: FusionStepRecord) throws {
        let tensors = try step.model.parameters.map { ($0.name, try Self.tensor(of: $0)) }
        names.withLock { $0.append(step.names) }
        states.withLock { $0.append(MergingRun.Tensors(uniqueKeysWithValues: tensors)) }
    }

    private static func tensor(of parameter: FusedParameter) throws -> MergedTensor {
        guard case .copy(let tensor, _) = parameter.content else { throw MergingCase.NoSuchPart(part: parameter.name) }
        return try MergedTensor(tensor)
    }
}
