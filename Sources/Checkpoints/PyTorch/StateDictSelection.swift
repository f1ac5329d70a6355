import Diagnostics
import OrderedCollections
import Tensors

/// The state dict among what a file of PyTorch holds.
struct StateDictSelection {
    /// The key that it is under; nil if it is the saved object itself.
    let key: String?
    private(set) var skipped: [PyTorchFile.SkippedEntry] = []

    private let contents: TorchContents
    private var records: OrderedDictionary<String, TorchTensorRecord> = [:]

    /// The keys that PyTorch's own examples, Lightning, DeepSpeed and others save a state dict under.
    private static let keys = ["state_dict", "model_state_dict", "model", "module"]

    /// Looks for the state dict.
    ///
    /// - Throws: `CheckpointError.noTensors` if there is none.
    init(_ contents: TorchContents) throws(CheckpointError) {
        self.contents = contents
        let objects = contents.objects
        guard case .container(let root) = contents.root, objects.containers[root].kind == .dictionary else {
            throw .noTensors(path: contents.file.path, found: "a \(objects.name(of: contents.root)), not a dict")
        }
        let entries = try Self.entries(of: root, contents)
        var nested: (key: String, place: Int)?
        for key in Self.keys where nested == nil {
            guard case .container(let place)? = entries[key], objects.containers[place].kind == .dictionary,
                objects.containers[place].items.contains(where: \.isTensor)
            else { continue }
            nested = (key, place)
        }
        key = nested?.key
        for (name, value) in entries where name != key { add(name, value, isSelected: nested == nil) }
        if let nested {
            for (name, value) in try Self.entries(of: nested.place, contents) {
                add(name, value, isSelected: true)
            }
        }
        guard !records.isEmpty else {
            let found = skipped.prefix(10).map { "\($0.name.quoted()) (\($0.type))" }
            throw .noTensors(
                path: contents.file.path,
                found: found.isEmpty
                    ? "an empty dict"
                    : "a dict of \(found.joined(separator: ", "))\(skipped.count > 10 ? ", …" : "")")
        }
    }

    /// The tensor that was saved by itself, or as the only one of a dictionary.
    ///
    /// - Throws: `CheckpointError.noTensors` if it is something else.
    static func onlyTensor(_ contents: TorchContents) throws(CheckpointError) -> LazyTensor {
        if case .tensor(let place) = contents.root {
            let selection = StateDictSelection(contents: contents, name: "the tensor", place: place)
            guard let tensor = try selection.lazyTensors(removing: "").values.first else {
                preconditionFailure("A selection of one tensor has one")
            }
            return tensor
        }
        let tensors = try StateDictSelection(contents).lazyTensors(removing: "")
        guard let tensor = tensors.values.first, tensors.count == 1 else {
            throw .noTensors(path: contents.file.path, found: "\(tensors.count) tensors, where one is expected")
        }
        return tensor
    }

    private init(contents: TorchContents, name: String, place: Int) {
        self.contents = contents
        key = nil
        records[name] = contents.objects.tensors[place]
    }

    private mutating func add(_ name: String, _ value: PickleValue, isSelected: Bool) {
        if isSelected, case .tensor(let place) = value {
            records[name] = contents.objects.tensors[place]
        } else {
            let path = isSelected && key != nil ? "\(key ?? "").\(name)" : name
            skipped.append(.init(name: path, type: contents.objects.name(of: value)))
        }
    }

    /// The entries of a dictionary, of equal keys the last, as Python has them; keys that are no texts are left out.
    private static func entries(
        of place: Int, _ contents: TorchContents
    ) throws(CheckpointError) -> OrderedDictionary<String, PickleValue> {
        let items = contents.objects.containers[place].items
        var entries: OrderedDictionary<String, PickleValue> = [:]
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            guard let name = items[index].string else { continue }
            // Names that only look the same are one to a Swift dictionary, and two to Python.
            if let other = entries.index(forKey: name), !entries.keys[other].utf8.elementsEqual(name.utf8) {
                throw .malformed(
                    path: contents.file.path, problem: "two names are written \(name.quoted()), in different bytes"
                )
            }
            entries[name] = items[index + 1]
        }
        return entries
    }

    /// The tensors, checked against their storages.
    ///
    /// - Parameter prefix: What names lose that begin with it.
    /// - Returns: The tensors in the order of their dictionary.
    /// - Throws: `CheckpointError` if a tensor lies outside of its storage or is of a type that cannot be read, or two
    ///   tensors would get the same name.
    func lazyTensors(removing prefix: String) throws(CheckpointError) -> OrderedDictionary<String, LazyTensor> {
        var tensors: OrderedDictionary<String, LazyTensor> = [:]
        var unsupported: [String] = []
        for (name, record) in records {
            if let reason = record.whyUnsupported {
                unsupported.append("\(name.quoted()) (\(reason))")
                continue
            }
            let shortName = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            guard tensors[shortName] == nil else {
                throw .malformed(
                    path: contents.file.path,
                    problem: "without '\(prefix)', two tensors have the name \(shortName.quoted())")
            }
            tensors[shortName] = try lazyTensor(record, name)
        }
        guard unsupported.isEmpty else { throw .unsupportedTensors(path: contents.file.path, tensors: unsupported) }
        return tensors
    }

    private func lazyTensor(_ record: TorchTensorRecord, _ name: String) throws(CheckpointError) -> LazyTensor {
        let file = contents.file
        let storage = try contents.storages.extent(of: record.storage)
        guard record.storage.byteCount <= storage.count else {
            throw .malformed(
                path: file.path,
                problem: "the storage of \(name.quoted()) should have \(record.storage.byteCount) bytes, "
                    + "and has \(storage.count)")
        }
        let view =
            storage.lowerBound + record.storage.view.lowerBound..<storage.lowerBound + record.storage.view.upperBound
        guard let dtype = record.dtype.dtype, let shape = Shape(checking: record.sizes),
            let extent = StridedExtent(
                file: file, storage: view, dtype: dtype, elementOffset: record.offset, shape: shape,
                strides: record.strides)
        else {
            throw .malformed(
                path: file.path,
                problem: "\(name.quoted()) with the shape \(Shape(record.sizes)), strides "
                    + "\(Shape(record.strides)) and offset \(record.offset) does not fit its storage of "
                    + "\(view.count) bytes")
        }
        let source: any TensorSource =
            extent.isContiguous ? FileExtent(file: file, offset: extent.offset) : extent
        return LazyTensor(dtype: dtype, shape: shape, source: source)
    }
}

extension TorchTensorRecord {
    /// Why the elements cannot be read; nil if they can.
    var whyUnsupported: String? {
        if isTransformed { return "conjugated or negated when read" }
        return dtype.dtype == nil ? "torch.\(dtype.rawValue)" : nil
    }
}
