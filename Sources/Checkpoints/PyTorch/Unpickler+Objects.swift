import Diagnostics

extension Unpickler {
    /// What the name of a class or function stands for.
    mutating func global(_ module: String, _ name: String) throws(CheckpointError) -> PickleValue {
        switch TorchGlobal(module: module, name: name) {
        case .dtype(let dtype): return .dtype(dtype)
        case let global?: return .global(global)
        case nil:
            refuse("\(module).\(name)")
            return .refused
        }
    }

    private mutating func refuse(_ name: String) {
        let name = name.excerpt(limit: 120)
        guard refused.count < limits.refusedObjects, !refused.contains(where: { $0.name == name }) else { return }
        refused.append(RefusedObject(name: name, offset: place))
    }

    /// What a class or function would make of its arguments.
    mutating func call(_ function: PickleValue, _ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        guard case .global(let global) = function else {
            if function.isRefused { return .refused }
            throw failure("\(name(of: function)) is called, which is no function")
        }
        switch global {
        case .container(let kind): return try container(kind, arguments)
        case .defaultDictionary: return try makeContainer(.dictionary, [])
        case .plain(let type): return .plain(type)
        case .parameterClass, .rebuildParameter: return try parameter(arguments)
        case .rebuildTensor: return try tensor(arguments, hasDType: false)
        case .rebuildTensorWithDType: return try tensor(arguments, hasDType: true)
        case .rebuildFromType: return try typedTensor(arguments)
        case .storage, .tensorClass, .dtype: throw failure("a class is called that makes no tensor by itself")
        }
    }

    private mutating func container(
        _ kind: PickleContainer.Kind, _ arguments: [PickleValue]
    ) throws(CheckpointError) -> PickleValue {
        guard let source = arguments.first else { return try makeContainer(kind, []) }
        guard arguments.count == 1, case .container(let place) = source else {
            if source.isRefused { return .refused }
            throw failure("a \(kind.rawValue) is made of what is no container")
        }
        let original = containers[place]
        try spend(original.items.count)
        var items = original.items
        if kind == .dictionary, original.kind != .dictionary {
            // Python 2 writes ordered dictionaries as lists of pairs.
            items = []
            for item in original.items {
                guard case .container(let pair) = item, containers[pair].items.count == 2 else {
                    throw failure("a dict is made of what are no pairs")
                }
                items += containers[pair].items
            }
        }
        return try makeContainer(kind, items)
    }

    /// A tensor with attributes of Python: function, class, arguments of the function, attributes.
    private mutating func typedTensor(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        guard arguments.count == 4 else { throw failure("a tensor is made of \(arguments.count) arguments, not 4") }
        if arguments[0].isRefused || arguments[1].isRefused { return .refused }
        guard case .global(let function) = arguments[0], case .global(let type) = arguments[1] else {
            throw failure("a tensor is made without function and class")
        }
        switch (function, type) {
        // Another such call inside of this one would be a recursion that the file chooses the depth of.
        case (.rebuildTensor, .tensorClass), (.rebuildTensor, .parameterClass), (.rebuildTensorWithDType, .tensorClass),
            (.rebuildTensorWithDType, .parameterClass), (.rebuildParameter, .tensorClass),
            (.rebuildParameter, .parameterClass):
            return try call(arguments[0], try items(of: arguments[2], .tuple))
        default: throw failure("a tensor is made by what makes no tensors")
        }
    }

    /// A parameter is its tensor, the first argument.
    private func parameter(_ arguments: [PickleValue]) throws(CheckpointError) -> PickleValue {
        switch arguments.first {
        case .tensor(let place): return .tensor(place)
        case .refused: return .refused
        case let value: throw failure("a parameter is made of \(value.map(name) ?? "nothing"), not of a tensor")
        }
    }

    /// A tensor: storage, offset, sizes, strides, whether it has a gradient, hooks; type; metadata.
    private mutating func tensor(
        _ arguments: [PickleValue], hasDType: Bool
    ) throws(CheckpointError) -> PickleValue {
        guard arguments.count >= (hasDType ? 7 : 4), arguments.count <= 8 else {
            throw failure("a tensor is made of \(arguments.count) arguments")
        }
        if arguments.contains(where: \.isRefused) { return .refused }
        guard case .storage(let place) = arguments[0] else {
            throw failure("a tensor is made of \(name(of: arguments[0])), not of a storage")
        }
        let storage = storages[place]
        var dtype = storage.dtype
        if hasDType {
            guard case .dtype(let own) = arguments[6] else { throw failure("the type of a tensor is missing") }
            dtype = own
        }
        guard let offset = arguments[1].int, offset >= 0 else { throw failure("a tensor's offset is no count") }
        let sizes = try counts(arguments[2], "size")
        let strides = try counts(arguments[3], "stride")
        guard sizes.count == strides.count else {
            throw failure("a tensor has \(sizes.count) sizes and \(strides.count) strides")
        }
        guard tensors.count < limits.tensors else {
            throw failure("the pickle holds more than \(limits.tensors) tensors")
        }
        let metadata = hasDType ? 7 : 6
        tensors.append(
            TorchTensorRecord(
                storage: storage, dtype: dtype ?? .uint8, offset: offset, sizes: sizes, strides: strides,
                isTransformed: arguments.count > metadata ? try isSet(arguments[metadata]) : false))
        return .tensor(tensors.count - 1)
    }

    private mutating func counts(_ value: PickleValue, _ what: String) throws(CheckpointError) -> [Int] {
        let items = try items(of: value, .tuple)
        guard items.count <= limits.dimensions else {
            throw failure("a tensor has \(items.count) dimensions, more than \(limits.dimensions)")
        }
        // A long tuple may be used again and again.
        try spend(items.count)
        var counts: [Int] = []
        for item in items {
            guard let count = item.int, count >= 0 else { throw failure("a tensor's \(what) is no count") }
            counts.append(count)
        }
        return counts
    }

    /// Whether a tensor's metadata, a dictionary of flags, say that its elements are not those of the storage.
    private func isSet(_ metadata: PickleValue) throws(CheckpointError) -> Bool {
        if case .none = metadata { return false }
        return try items(of: metadata, .dictionary).contains {
            if case .boolean(true) = $0 { true } else { false }
        }
    }

    /// The storage that a persistent identity stands for: `storage`, class, key, device, number of elements, and, in files
    /// without zip, the part of another storage that it is.
    mutating func storage(_ identity: PickleValue) throws(CheckpointError) -> PickleValue {
        let parts = try items(of: identity, .tuple)
        if identity.isRefused || parts.contains(where: \.isRefused) { return .refused }
        guard parts.count == 5 || parts.count == 6, parts[0].string == "storage" else {
            throw failure("this refers to something that is no storage")
        }
        guard case .global(.storage(let dtype)) = parts[1], let key = parts[2].string, let count = parts[4].int else {
            throw failure("a reference to a storage lacks its class, key or length")
        }
        let elementByteCount = dtype?.byteCount ?? 1
        let whole = try byteRange(0, count, elementByteCount)
        var view = whole
        if parts.count == 6, case .container = parts[5] {
            let bounds = try items(of: parts[5], .tuple)
            guard bounds.count == 3, let start = bounds[1].int, let length = bounds[2].int else {
                throw failure("a part of a storage lacks its bounds")
            }
            view = try byteRange(start, length, elementByteCount)
            guard view.upperBound <= whole.upperBound else {
                throw failure("a part of the storage \(key.quoted()) goes beyond its end")
            }
        }
        guard storages.count < limits.tensors else {
            throw failure("the pickle refers to storages more than \(limits.tensors) times")
        }
        storages.append(TorchStorageReference(key: key, dtype: dtype, byteCount: whole.count, view: view))
        return .storage(storages.count - 1)
    }

    private func byteRange(
        _ start: Int, _ count: Int, _ elementByteCount: Int
    ) throws(CheckpointError) -> Range<Int> {
        let (first, firstOverflow) = start.multipliedReportingOverflow(by: elementByteCount)
        let (length, lengthOverflow) = count.multipliedReportingOverflow(by: elementByteCount)
        let (end, endOverflow) = first.addingReportingOverflow(length)
        guard start >= 0, count >= 0, !firstOverflow, !lengthOverflow, !endOverflow else {
            throw failure("the length of a storage is absurd")
        }
        return first..<end
    }
}
