import Checkpoints
import Configuration
import Fabric
import Foundation
import JSON
import Models
import OperatingSystem
import OrderedCollections
import Tensors
import TestSupport
import Testing

@testable import FusionBench

@Suite("Contrastive training of CLIP")
struct CLIPPretrainingTests {
    private static let method =
        "_target_: fusion_bench.method.classification.CLIPPretraining\nbatch_size: 24\nmicro_batch_size: 8\n"
        + "num_steps: 6\nrandom_shift: 2\noptimizer: {_target_: torch.optim.AdamW, lr: 3e-3}\n"

    private static func pool(_ model: String = "{from_config: \(FinetuningRun.evaluation)/clip, seed: 3}") throws
        -> ModelPool
    {
        let yaml = """
            _target_: fusion_bench.modelpool.BaseModelPool
            models: {_pretrained_: \(model)}
            train_datasets:
            """ + "\n" + FinetuningRun.standardData
        let object = try Instantiator(.fusionBench).instantiate(ConfigurationValue(yaml: yaml), recursive: false)
        return try #require(object as? ModelPool)
    }

    private static func run(_ more: String = "", _ run: FinetuningRun, failingAfter step: Int? = nil) throws
        -> FinetuningRun.Result
    {
        // Of keys that stand twice the later one counts.
        let keys = more.split(separator: "\n").compactMap { $0.split(separator: ":").first }
        let kept = method.split(separator: "\n").filter { line in !keys.contains { line.hasPrefix($0 + ":") } }
        return try run(kept.joined(separator: "\n") + "\n" + more, pool: pool(), failingAfter: step)
    }

    @Test("The result has the same bits on any number of ranks and threads")
    func bits() throws {
        let alone = try Self.run("", FinetuningRun())
        #expect(alone.losses.count == 6)
        for (ranks, threads) in [(1, 2), (2, 1), (3, 2)] {
            var run = try FinetuningRun()
            (run.ranks, run.threads) = (ranks, threads)
            let found = try Self.run("", run)
            #expect(
                found.tensors == alone.tensors && found.losses == alone.losses, "\(ranks) ranks, \(threads) threads")
        }
        let other = try Self.run("seed: 7\n", FinetuningRun())
        #expect(other.losses != alone.losses)
    }

    @Test("A resumed run ends as an undisturbed one")
    func resume() throws {
        let whole = try Self.run("", FinetuningRun())
        var run = try FinetuningRun()
        run.saveInterval = 3
        #expect(throws: (any Error).self) { try Self.run("", run, failingAfter: 4) }
        run.resumes = true
        let resumed = try Self.run("", run)
        #expect(resumed.tensors == whole.tensors && resumed.losses == whole.losses)
    }

    @Test("The loss falls below that of chance, and all parameters move")
    func lossFalls() throws {
        let found = try Self.run("num_steps: 120\nbatch_size: 40\n", FinetuningRun())
        #expect(found.losses.count == 120)
        let last = found.losses.suffix(10).reduce(0, +) / 10
        #expect(last < found.losses[0] - 0.5)
        let initial = try Self.pool().load(ModelPool.pretrainedName).tensors
        #expect(found.tensors.count == initial.count)
        for (name, tensor) in found.tensors {
            #expect(try MergedTensor(#require(initial[name])) != tensor, "\(name)")
        }
    }

    /// Towers that see micro-batches have the gradients of one tape over everything.
    @Test func gradientsAreThoseOfTheWhole() throws {
        let directory = try ScratchDirectory()
        let results = try [40, 7].map { size in
            try withFabrics(1) { fabric in
                let pool = try Self.pool("\(FinetuningRun.evaluation)/clip")
                let model = try pool.load(ModelPool.pretrainedName)
                let configuration = try CLIPConfiguration(#require(model.configuration), path: "")
                let training = try ContrastiveTraining(
                    pool, configuration, TrainingData(batchSize: 40, microBatchSize: size, seed: 1), shift: 1, fabric)
                let step = try training.gradients(ofStep: 3, CLIPFinetune.parameters(of: model))
                try fabric.finish()
                return (step.loss, step.gradients.mapValues { $0.array(of: Float.self) })
            }[0]
        }
        _ = directory
        #expect(abs(results[0].0 - results[1].0) < 1e-5)
        for (name, gradient) in results[0].1 {
            let size = gradient.reduce(0) { max($0, abs($1)) }
            // The bias of keys cancels out in a softmax: its gradient is nothing but rounding errors.
            if name.hasSuffix("k_proj.bias") { continue }
            for (a, b) in zip(gradient, try #require(results[1].1[name])) {
                #expect(abs(a - b) <= 2e-4 * max(size, 1e-4), "\(name)")
            }
        }
    }

    @Test("The loss is that of its definition, and its gradients are differences of it")
    func loss() throws {
        var random = SplitMix64(seed: 5)
        func unitVectors(_ count: Int) throws -> [[Double]] {
            (0..<count).map { _ in
                let x = (0..<3).map { _ in Double(random.below(2001)) / 1000 - 1 }
                let length = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return x.map { $0 / length }
            }
        }
        let labels = [0, 1, 2, 0, 2, 2]
        var images = try unitVectors(6)
        let captions = try unitVectors(3)
        let scale = 1.3
        func expected() -> Double {
            let logits = images.map { image in
                captions.map { exp(scale) * zip(image, $0).reduce(0) { $0 + $1.0 * $1.1 } }
            }
            func logSum(_ x: [Double]) -> Double { log(x.reduce(0) { $0 + exp($1) }) }
            let ofImages = zip(logits, labels).reduce(0) { $0 + logSum($1.0) - $1.0[$1.1] } / 6
            let ofCaptions = (0..<3).reduce(0.0) { sum, caption in
                let column = logits.map { $0[caption] }
                let own = labels.indices.filter { labels[$0] == caption }
                return sum + logSum(column) - own.reduce(0) { $0 + column[$1] } / Double(own.count)
            }
            return (ofImages + ofCaptions / 3) / 2
        }
        func tensor(_ rows: [[Double]]) throws -> Tensor {
            try Tensor(rows.flatMap { $0.map(Float.init) }, shape: [rows.count, 3])
        }
        let value = try ContrastiveLoss(labels: labels)(
            tensor(images), tensor(captions), logitScale: Tensor(Float(scale)))
        #expect(abs(value.loss - expected()) < 1e-5)
        let step = 1e-5
        for (image, axis) in [(0, 0), (2, 1), (5, 2)] {
            let before = images[image][axis]
            images[image][axis] = before + step
            let above = expected()
            images[image][axis] = before - step
            let difference = (above - expected()) / (2 * step)
            images[image][axis] = before
            #expect(abs(Double(value.imageGradient[image].array(of: Float.self)[axis]) - difference) < 1e-5)
        }
    }

    @Test("Random weights have the deviations of transformers, and depend on the seed alone")
    func initialization() throws {
        let model = try Self.pool().load(ModelPool.pretrainedName)
        let other = try Self.pool("{from_config: \(FinetuningRun.evaluation)/clip, seed: 4}").load(
            ModelPool.pretrainedName)
        let stored = try SafetensorsFile(FinetuningRun.evaluation + "/clip/model.safetensors").stateDict.tensors
        #expect(Set(model.tensors.keys) == Set(stored.keys))
        for (name, tensor) in model.tensors {
            #expect(tensor.shape == stored[name]?.shape && tensor.dtype == .float32, "\(name)")
        }
        func values(_ name: String, _ model: PooledModel = model) throws -> [Double] {
            try MergedTensor(#require(model.tensors[name])).values.map(Double.init)
        }
        // Width 24 and two layers in the vision tower, 16 and two in the text tower.
        let deviations = [
            ("vision_model.encoder.layers.0.self_attn.q_proj.weight", 1 / (24.0 * 4).squareRoot()),
            ("vision_model.encoder.layers.1.self_attn.out_proj.weight", 1 / 24.0.squareRoot()),
            ("vision_model.encoder.layers.0.mlp.fc1.weight", 1 / 48.0.squareRoot()),
            ("vision_model.encoder.layers.0.mlp.fc2.weight", 1 / 96.0.squareRoot()),
            ("vision_model.embeddings.patch_embedding.weight", 0.02),
            ("text_model.embeddings.token_embedding.weight", 0.02),
            ("text_model.encoder.layers.0.self_attn.k_proj.weight", 1 / 64.0.squareRoot()),
            ("text_projection.weight", 0.25),
        ]
        for (name, expected) in deviations {
            let numbers = try values(name)
            let found = (numbers.reduce(0) { $0 + $1 * $1 } / Double(numbers.count)).squareRoot()
            #expect(abs(found - expected) < 4 * expected / Double(2 * numbers.count).squareRoot(), "\(name)")
            #expect(try numbers != values(name, other))
        }
        #expect(try values("logit_scale") == [Double(Float(2.6592))])
        #expect(try values("vision_model.post_layernorm.weight").allSatisfy { $0 == 1 })
        #expect(try values("text_model.encoder.layers.1.mlp.fc1.bias").allSatisfy { $0 == 0 })
        // Parts are those of the whole.
        let tensor = try #require(model.tensors["text_projection.weight"])
        let whole = try tensor.readAll()
        #expect(try Array(whole[20..<44]) == tensor.read(5..<11))
    }

    @Test("What is wrong is said before anything is computed")
    func problems() throws {
        let method = try MergingRun.method(Self.method)
        let towers = try FinetuningRun.pool()
        #expect(method.problems(with: towers).first?.contains("BaseModelPool") == true)
        let nowhere = try Self.pool("{from_config: /nowhere, seed: 1}")
        #expect(!method.problems(with: nowhere).isEmpty)
        #expect(throws: (any Error).self) {
            try MergingRun.method(Self.method.replacing("torch.optim.AdamW", with: "torch.optim.AdamX"))
        }
        #expect(throws: (any Error).self) {
            try MergingRun.method(
                Self.method.replacing(
                    "torch.optim.AdamW, lr: 3e-3", with: "torch.optim.lr_scheduler.StepLR, step_size: 2"))
        }
    }
}
