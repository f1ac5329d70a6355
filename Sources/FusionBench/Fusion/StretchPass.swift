import Checkpoints
import Fabric
import Synchronization
import Tensors

/// One way through parameters, stretch by stretch, over all ranks and threads.
struct StretchPass: Sendable {
    let inputs: [MergeInput]
    let granularity: Granularity
    /// The names of the models, for messages.
    let modelNames: [String]
    let context: FusionContext
    let units: [StretchUnit]
    /// Of how many elements, one after another, only the first one is read.
    private var sampling = 1
    private let scratch = ScratchPool()

    init(inputs: [MergeInput], granularity: Granularity, modelNames: [String], context: FusionContext) {
        self.inputs = inputs
        self.granularity = granularity
        self.modelNames = modelNames
        self.context = context
        units = StretchUnit.units(of: inputs.enumerated().map { ($0, $1.shape) }, granularity)
    }

    /// A pass over the first part of each stretch only.
    func sampled(oneIn sampling: Int) -> StretchPass {
        var pass = self
        pass.sampling = sampling
        return pass
    }

    /// The number of elements that it reads of each model.
    var elementCount: Int {
        units.reduce(0) { sum, unit in stretches(unit).reduce(sum) { $0 + $1.count } }
    }

    private func stretches(_ unit: StretchUnit) -> [Range<Int>] {
        let input = inputs[unit.parameter]
        let count = input.models.count + (input.pretrained == nil ? 0 : 1)
        let stretches = unit.stretches(input.shape, granularity, inputs: count)
        if sampling == 1 { return stretches }
        return stretches.map { $0.prefix(($0.count + sampling - 1) / sampling) }
    }

    /// The time that a unit takes: the bytes that are read.
    func cost(_ unit: StretchUnit) -> Double {
        let input = inputs[unit.parameter]
        let tensors = input.models + (input.pretrained.map { [$0] } ?? [])
        return Double(tensors.reduce(64) { $0 + $1.dtype.bitCount * unit.range.count / 8 })
    }

    /// Reads a unit, and hands its stretches out one after another.
    func read(_ unit: StretchUnit, _ body: (Stretch) throws -> Void) throws {
        let input = inputs[unit.parameter]
        try scratch.lend { memory in
            for range in stretches(unit) {
                try body(try stretch(input, range, memory))
            }
        }
    }

    private func stretch(
        _ input: MergeInput, _ range: Range<Int>, _ memory: ScratchMemory
    ) throws -> Stretch {
        let reader = StretchReader(memory: memory, allowsNonFinite: context.allowsNonFinite)
        let pretrained = try input.pretrained.map {
            try reader.values(of: $0, range, slot: 0, tensor: input.key, model: ModelPool.pretrainedName)
        }
        let names = input.modelNames ?? modelNames
        let models = try input.models.enumerated().map { position, tensor in
            try reader.values(of: tensor, range, slot: position + 1, tensor: input.key, model: names[position])
        }
        return Stretch(
            parameter: input.number, name: input.key, shape: input.shape, range: range, pretrained: pretrained,
            models: models, scratch: memory)
    }

    /// Adds up numbers for each parameter, in an order that depends on the shapes alone.
    ///
    /// - Parameters:
    ///   - name: The name of the pass, for messages.
    ///   - count: How many numbers a stretch gives.
    ///   - numbers: The numbers of one stretch; runs on several threads at once.
    /// - Returns: The sums of each parameter, on all ranks.
    /// - Throws: The first error of reading or of `numbers`.
    func sums(
        _ name: String, count: Int, _ numbers: @escaping @Sendable (Stretch) throws -> [Double]
    ) throws -> [[Double]] {
        let progress = context.fabric.progress(total: units.count, description: name, unit: "unit")
        let parts = try context.fabric.collect(name, units: units, cost: cost) { unit in
            var sums = [Double](repeating: 0, count: count)
            try read(unit) { stretch in
                for (index, number) in try numbers(stretch).enumerated() { sums[index] += number }
            }
            progress.advance()
            return sums
        }
        try progress.finish()
        var sums = [[Double]](repeating: Array(repeating: 0, count: count), count: inputs.count)
        for (unit, part) in zip(units, parts) {
            for (index, number) in part.enumerated() { sums[unit.parameter][index] += number }
        }
        return sums
    }

    /// Counts into integers, whose sum does not depend on the order.
    ///
    /// - Parameters:
    ///   - name: The name of the pass, for messages.
    ///   - make: Makes what one thread counts into.
    ///   - count: Counts one stretch.
    /// - Returns: What the threads of this rank have counted into.
    /// - Throws: The first error of reading or of `count`.
    func tally<Counter: AnyObject>(
        _ name: String, make: @escaping @Sendable () -> Counter,
        count: @escaping @Sendable (Stretch, Counter) throws -> Void
    ) throws -> [Counter] {
        let counters = CounterPool(make: make)
        let progress = context.fabric.progress(total: units.count, description: name, unit: "unit")
        try context.fabric.visit(name, units: units, cost: cost) { unit in
            try counters.lend { counter in try read(unit) { try count($0, counter) } }
            progress.advance()
        }
        try progress.finish()
        return counters.all
    }
}

/// What the threads of a rank count into, each its own.
private final class CounterPool<Counter: AnyObject>: Sendable {
    /// Owned by one thread at a time, which the lock around the lists sees to.
    private struct Entry: @unchecked Sendable {
        let counter: Counter
    }

    private let make: @Sendable () -> Counter
    private let free = Mutex<[Entry]>([])

    init(make: @escaping @Sendable () -> Counter) {
        self.make = make
    }

    func lend(_ body: (Counter) throws -> Void) rethrows {
        let entry = free.withLock { $0.popLast() } ?? Entry(counter: make())
        defer { free.withLock { $0.append(entry) } }
        try body(entry.counter)
    }

    /// All of them, once every thread has given its own back.
    var all: [Counter] { free.withLock { $0.map(\.counter) } }
}
