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
    let units: [StretchUnit]
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
        units = model.parameters.enumerated().flatMap { number, parameter in
            StretchUnit.units(
                of: [(number, parameter.shape)],
                places[number] == nil ? Self.copyGranularity(parameter.dtype) : model.merger.granularity)
        }
    }

    /// Elements that share bytes are not cut.
    private static func copyGranularity(_ dtype: DType) -> Granularity { dtype.byteCount == nil ? .tensors : .elements }

    /// The time that a unit takes: the bytes that are read.
    func cost(_ unit: StretchUnit) -> Double {
        guard let place = places[unit.parameter] else { return Double(byteCount(unit)) }
        return pass.cost(StretchUnit(parameter: place, range: unit.range))
    }

    /// The bytes of a unit as they are stored.
    func byteCount(_ unit: StretchUnit) -> Int {
        model.parameters[unit.parameter].dtype.byteCount(elements: unit.range.count) ?? 0
    }

    /// Computes a unit, and hands out its parts in order.
    func compute(_ unit: StretchUnit, _ take: (Range<Int>, UnsafeRawBufferPointer) throws -> Void) throws {
        let parameter = model.parameters[unit.parameter]
        guard case .copy(let tensor) = parameter.content else {
            guard let place = places[unit.parameter] else { return }
            return try merge(StretchUnit(parameter: place, range: unit.range), parameter, take)
        }
        try scratch.lend { memory in
            let bytes = memory.bytes(.stored, count: byteCount(unit))
            try tensor.read(unit.range, into: bytes)
            try take(unit.range, UnsafeRawBufferPointer(bytes))
        }
    }

    private func merge(
        _ unit: StretchUnit, _ parameter: FusedParameter, _ take: (Range<Int>, UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try pass.read(unit) { stretch in
            let merged = stretch.scratch.floats(.merged, count: stretch.count)
            try model.merger.merge(stretch, into: merged)
            let bytes = encoded(UnsafeBufferPointer(merged), parameter.dtype, stretch.scratch)
            if !pass.context.allowsNonFinite,
                let index = FloatArithmetic.firstNonFinite(bytes, parameter.dtype)
            {
                throw FusionError.overflow(
                    tensor: parameter.name, element: stretch.range.lowerBound + index, shape: parameter.shape,
                    dtype: parameter.dtype)
            }
            try take(stretch.range, bytes)
        }
    }

    private func encoded(
        _ values: UnsafeBufferPointer<Float>, _ dtype: DType, _ memory: ScratchMemory
    ) -> UnsafeRawBufferPointer {
        if dtype == .float32 { return UnsafeRawBufferPointer(values) }
        let bytes = memory.bytes(.encoded, count: dtype.byteCount(elements: values.count) ?? 0)
        FloatArithmetic.encode(values, dtype, into: bytes)
        return UnsafeRawBufferPointer(bytes)
    }
}
