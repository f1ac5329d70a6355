import Checkpoints
import Fabric
import Tensors

/// Computes a fused model piece by piece, over all ranks and threads, and hands the pieces to whoever writes or uses them.
struct FusedModelStream {
    let model: FusedModel
    let modelNames: [String]
    let context: FusionContext

    /// A part of a parameter as it is stored.
    struct Piece {
        /// The number of the parameter in the model.
        let parameter: Int
        /// The elements, in row-major order.
        let range: Range<Int>
        let bytes: UnsafeRawBufferPointer
    }

    /// Computes all parameters.
    ///
    /// - Parameters:
    ///   - description: What is being done, for people.
    ///   - take: Takes a piece; on global zero only, from several threads at once, in any order.
    /// - Throws: The first error of reading, merging or taking.
    func run(_ description: String, take: @escaping @Sendable (Piece) throws -> Void) throws {
        let plan = FusionPlan(model, modelNames: modelNames, context: context)
        let progress = context.fabric.progress(total: plan.units.count, description: description, unit: "unit")
        let isGlobalZero = context.fabric.isGlobalZero
        try context.fabric.run(description, units: plan.units, cost: plan.cost) { unit -> [UInt8] in
            defer { progress.advance() }
            // What global zero computes itself goes no further way.
            if isGlobalZero {
                try plan.compute(unit) { try take(Piece(parameter: unit.parameter, range: $0, bytes: $1)) }
                return []
            }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(plan.byteCount(unit))
            try plan.compute(unit) { bytes.append(contentsOf: $1) }
            return bytes
        } deliver: { number, bytes in
            guard !bytes.isEmpty else { return }
            let unit = plan.units[number]
            try bytes.withUnsafeBytes { try take(Piece(parameter: unit.parameter, range: unit.range, bytes: $0)) }
        }
        try progress.finish()
    }
}

/// The units of a fused model, and how each is computed.
struct FusionPlan: Sendable {
    private let model: FusedModel
    /// The passes' view of the merged parameters; its units are not used here.
    private let pass: StretchPass
    /// For each parameter, its place in the pass; nil for those that are copied.
    private let places: [Int?]
    /// In the order of the parameters; of those that are computed for long, the longest first.
    let units: [StretchUnit]
    /// The floating-point operations of each parameter, if there are many.
    private let operationCounts: [Double]
    private let scratch = ScratchPool()

    init(_ model: FusedModel, modelNames: [String], context: FusionContext) {
        self.model = model
        var places: [Int?] = []
        var inputs: [MergeInput] = []
        for parameter in model.parameters {
            guard case .merge(let input) = parameter.content else {
                places.append(nil)
                continue
            }
            places.append(inputs.count)
            inputs.append(input)
        }
        self.places = places
        pass = StretchPass(
            inputs: inputs, granularity: model.merger.granularity, modelNames: modelNames, context: context)
        let counts = model.parameters.map { parameter in
            guard case .merge(let input) = parameter.content else { return 0.0 }
            return model.merger.operationCount(of: input)
        }
        operationCounts = counts
        // Long computations begin first: those that are left at the end must not keep one thread alone.
        let order = model.parameters.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
        units = order.flatMap { number in
            StretchUnit.units(
                of: [(number, model.parameters[number].shape)],
                places[number] == nil
                    ? Self.copyGranularity(model.parameters[number].dtype) : model.merger.granularity)
        }
    }

    /// Elements that share bytes are not cut.
    private static func copyGranularity(_ dtype: DType) -> Granularity { dtype.byteCount == nil ? .tensors : .elements }

    /// While a byte is read and merged, a processor multiplies and adds about so many numbers of binary64.
    static let operationsPerByte = 20.0

    /// The time that a unit takes: the bytes that are read, and what else there is to compute.
    func cost(_ unit: StretchUnit) -> Double {
        guard let place = places[unit.parameter] else { return Double(byteCount(unit)) }
        let share = Double(unit.range.count) / Double(max(1, model.parameters[unit.parameter].shape.elementCount))
        return pass.cost(StretchUnit(parameter: place, range: unit.range))
            + operationCounts[unit.parameter] * share / Self.operationsPerByte
    }

    /// The bytes of a unit as they are stored.
    func byteCount(_ unit: StretchUnit) -> Int {
        model.parameters[unit.parameter].dtype.byteCount(elements: unit.range.count) ?? 0
    }

    /// Computes a unit, and hands out its parts in order.
    func compute(_ unit: StretchUnit, _ take: (Range<Int>, UnsafeRawBufferPointer) throws -> Void) throws {
        let parameter = model.parameters[unit.parameter]
        guard case .copy(let tensor, let model) = parameter.content else {
            guard let place = places[unit.parameter] else { return }
            return try merge(StretchUnit(parameter: place, range: unit.range), parameter, take)
        }
        try scratch.lend { memory in
            guard tensor.dtype == parameter.dtype else {
                return try convert(tensor, of: model, unit.range, parameter, memory, take)
            }
            let bytes = memory.bytes(.stored, count: byteCount(unit))
            try tensor.read(unit.range, into: bytes)
            let stored = UnsafeRawBufferPointer(bytes)
            if !pass.context.allowsNonFinite, let index = FloatArithmetic.firstNonFinite(stored, tensor.dtype) {
                throw FusionError.nonFinite(
                    tensor: parameter.name, model: model, element: unit.range.lowerBound + index,
                    shape: parameter.shape, value: Self.value(stored, at: index, tensor.dtype))
            }
            try take(unit.range, stored)
        }
    }

    private static func value(_ bytes: UnsafeRawBufferPointer, at index: Int, _ dtype: DType) -> Float {
        let size = dtype.byteCount ?? 0
        let element = UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: 1) { value in
            FloatArithmetic.decode(element, dtype, into: value)
            return value[0]
        }
    }

    /// Passes a tensor on in another type than it is stored in.
    private func convert(
        _ tensor: LazyTensor, of model: String, _ range: Range<Int>, _ parameter: FusedParameter,
        _ memory: ScratchMemory, _ take: (Range<Int>, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let reader = StretchReader(memory: memory, allowsNonFinite: pass.context.allowsNonFinite)
        let values = try reader.values(of: tensor, range, slot: 0, tensor: parameter.name, model: model)
        try take(range, try encoded(values, from: range.lowerBound, parameter, memory))
    }

    private func merge(
        _ unit: StretchUnit, _ parameter: FusedParameter, _ take: (Range<Int>, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try pass.read(unit) { stretch in
            let merged = stretch.scratch.floats(.merged, count: stretch.count)
            try model.merger.merge(stretch, into: merged)
            let range = stretch.range
            try take(
                range,
                try encoded(UnsafeBufferPointer(merged), from: range.lowerBound, parameter, stretch.scratch))
        }
    }

    /// Values as they are written.
    ///
    /// - Throws: `FusionError.overflow` for one that is too large for the type.
    private func encoded(
        _ values: UnsafeBufferPointer<Float>, from start: Int, _ parameter: FusedParameter, _ memory: ScratchMemory
    ) throws -> UnsafeRawBufferPointer {
        var bytes = UnsafeRawBufferPointer(values)
        if parameter.dtype != .float32 {
            let size = parameter.dtype.byteCount(elements: values.count) ?? 0
            let room = memory.bytes(.encoded, count: size)
            FloatArithmetic.encode(values, parameter.dtype, into: room)
            bytes = UnsafeRawBufferPointer(room)
        }
        if !pass.context.allowsNonFinite, let index = FloatArithmetic.firstNonFinite(bytes, parameter.dtype) {
            throw FusionError.overflow(
                tensor: parameter.name, element: start + index, shape: parameter.shape, dtype: parameter.dtype)
        }
        return bytes
    }
}
