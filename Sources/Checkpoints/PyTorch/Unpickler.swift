/// Reads pickles that hold tensors and plain data, and refuses every other object by its name.
///
/// A pickle is a program for a machine with a stack and a memo. This machine can make values, containers, and
/// descriptions of tensors. It calls nothing, and reads no tensor's elements. What it costs is bounded: it does not
/// recurse, and ends with an error when a pickle makes more values than any checkpoint needs.
///
/// See <https://docs.python.org/3/library/pickletools.html> for the instructions.
struct Unpickler {
    var reader: PickleReader
    var containers: [PickleContainer] = []
    var storages: [TorchStorageReference] = []
    var tensors: [TorchTensorRecord] = []
    /// The first places of the names of refused objects.
    var refused: [RefusedObject] = []

    private var stack: [PickleValue] = []
    /// How many values were on the stack at each mark.
    private var marks: [Int] = []
    private var memo = PickleMemo()
    private var steps = 0
    /// Where the instruction being done starts.
    private(set) var place = 0

    let limits: UnpicklerLimits

    /// An unpickler of what stands in a file from a place on.
    init(_ reader: PickleReader, limits: UnpicklerLimits = .init()) {
        self.reader = reader
        self.limits = limits
    }

    /// Reads one pickle, up to its end.
    ///
    /// - Throws: `CheckpointError.refusedObjects` if the pickle holds objects that are refused, `.malformed` if it is none.
    mutating func load() throws(CheckpointError) -> PickleValue {
        do {
            let value = try run()
            if refused.isEmpty { return value }
        } catch {
            // With an object left out, what follows may look wrong; the cause is to be told.
            if refused.isEmpty { throw error }
        }
        throw .refusedObjects(path: reader.file.path, objects: refused)
    }

    private mutating func run() throws(CheckpointError) -> PickleValue {
        while true {
            place = reader.offset
            let byte = try reader.byte()
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw failure("the byte \(byte) is no instruction of a pickle")
            }
            try spend(1)
            if opcode == .stop { return try pop() }
            try perform(opcode)
        }
    }

    func failure(_ problem: String) -> CheckpointError { reader.failure(problem, at: place) }

    /// Counts steps against their limit.
    mutating func spend(_ count: Int) throws(CheckpointError) {
        steps += count
        guard steps <= limits.steps else { throw failure("the pickle makes more than \(limits.steps) values") }
    }

    private mutating func perform(_ opcode: PickleOpcode) throws(CheckpointError) {
        switch opcode {
        case .proto:
            let version = try reader.byte()
            guard version <= 5 else { throw failure("pickles of protocol \(version) are unknown") }
        case .frame: _ = try reader.length(UInt64.self)
        case .stop: break

        case .mark:
            guard marks.count < limits.stack else { throw failure("the pickle nests too deep") }
            marks.append(stack.count)
        case .pop:
            // Above a mark, it takes the mark away.
            if stack.count == marks.last { marks.removeLast() } else { _ = try pop() }
        case .popMark: _ = try popToMark()
        case .duplicate: try push(try top())

        case .none: try push(.none)
        case .newTrue: try push(.boolean(true))
        case .newFalse: try push(.boolean(false))
        case .int: try push(try intLine())
        case .binInt: try push(.integer(Int128(try reader.integer(Int32.self))))
        case .binInt1: try push(.integer(Int128(try reader.byte())))
        case .binInt2: try push(.integer(Int128(try reader.integer(UInt16.self))))
        case .long: try push(try wholeNumber(try asciiLine(), suffix: "L"))
        case .long1: try push(try longInteger(Int(try reader.byte())))
        case .long4: try push(try longInteger(try reader.length(UInt32.self)))
        case .float:
            guard let number = Double(try asciiLine()) else { throw failure("this is no number") }
            try push(.float(number))
        case .binFloat:
            try push(.float(Double(bitPattern: UInt64(bigEndian: try reader.integer(UInt64.self)))))

        case .string: try push(try quotedString())
        case .binString: try push(oldString(try reader.bytes(try reader.length(UInt32.self))))
        case .shortBinString: try push(oldString(try reader.bytes(Int(try reader.byte()))))
        case .unicode: try push(.string(try text(try reader.line())))
        case .binUnicode: try push(.string(try text(try reader.bytes(try reader.length(UInt32.self)))))
        case .shortBinUnicode: try push(.string(try text(try reader.bytes(Int(try reader.byte())))))
        case .binUnicode8: try push(.string(try text(try reader.bytes(try reader.length(UInt64.self)))))
        case .binBytes: try push(try bytes(try reader.length(UInt32.self), "bytes"))
        case .shortBinBytes: try push(try bytes(Int(try reader.byte()), "bytes"))
        case .binBytes8: try push(try bytes(try reader.length(UInt64.self), "bytes"))
        case .byteArray8: try push(try bytes(try reader.length(UInt64.self), "bytearray"))
        case .nextBuffer, .readOnlyBuffer: throw failure("the pickle needs data that are not in the file")

        case .emptyList: try push(try makeContainer(.list, []))
        case .emptyTuple: try push(try makeContainer(.tuple, []))
        case .emptyDictionary: try push(try makeContainer(.dictionary, []))
        case .emptySet: try push(try makeContainer(.set, []))
        case .list: try push(try makeContainer(.list, try popToMark()))
        case .tuple: try push(try makeContainer(.tuple, try popToMark()))
        case .dictionary: try push(try makeContainer(.dictionary, try pairs(try popToMark())))
        case .frozenSet: try push(try makeContainer(.set, try popToMark()))
        case .tuple1: try push(try makeContainer(.tuple, try pop(1)))
        case .tuple2: try push(try makeContainer(.tuple, try pop(2)))
        case .tuple3: try push(try makeContainer(.tuple, try pop(3)))
        case .append: try extend(.list, with: try pop(1))
        case .appends: try extend(.list, with: try popToMark())
        case .setItem: try extend(.dictionary, with: try pop(2))
        case .setItems: try extend(.dictionary, with: try pairs(try popToMark()))
        case .addItems: try extend(.set, with: try popToMark())

        case .put: try memorize(try memoPlace())
        case .binPut: try memorize(Int(try reader.byte()))
        case .longBinPut: try memorize(Int(try reader.integer(UInt32.self)))
        case .memoize: try memorize(memo.count)
        case .get: try recall(try memoPlace())
        case .binGet: try recall(Int(try reader.byte()))
        case .longBinGet: try recall(Int(try reader.integer(UInt32.self)))

        case .global:
            let module = try reader.line()
            try push(try global(try text(module), try text(try reader.line())))
        case .stackGlobal:
            let names = try pop(2)
            guard let module = names[0].string, let name = names[1].string else {
                throw failure("the name of a class is no text")
            }
            try push(try global(module, name))
        case .reduce, .newObject:
            let operands = try pop(2)
            try push(try call(operands[0], try arguments(operands[1])))
        case .newObjectWithKeywords:
            let operands = try pop(3)
            guard try items(of: operands[2], .dictionary).isEmpty else {
                throw failure("an object is made with arguments by name")
            }
            try push(try call(operands[0], try arguments(operands[1])))
        case .instance:
            let module = try text(try reader.line())
            let function = try global(module, try text(try reader.line()))
            try push(try call(function, try popToMark()))
        case .object:
            let operands = try popToMark()
            guard let function = operands.first else { throw failure("an object is made of nothing") }
            try push(try call(function, Array(operands.dropFirst())))
        case .build: try giveState()
        case .persistentID: throw failure("a reference to a storage is a text")
        case .binPersistentID: try push(try storage(try pop()))
        case .extension1, .extension2, .extension4: throw failure("the pickle needs a registry of extensions")
        }
    }
}

// MARK: - The stack and the memo

extension Unpickler {
    private mutating func push(_ value: PickleValue) throws(CheckpointError) {
        guard stack.count < limits.stack else { throw failure("the pickle needs too large a stack") }
        stack.append(value)
    }

    private var floor: Int { marks.last ?? 0 }

    private func top() throws(CheckpointError) -> PickleValue {
        guard stack.count > floor, let value = stack.last else { throw failure("there is no value to use") }
        return value
    }

    private mutating func pop() throws(CheckpointError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func pop(_ count: Int) throws(CheckpointError) -> [PickleValue] {
        guard stack.count - count >= floor else { throw failure("there are too few values to use") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw failure("there is no mark") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[mark...])
    }

    private mutating func memorize(_ place: Int) throws(CheckpointError) {
        guard memo.count < limits.memo else { throw failure("the pickle needs too large a memo") }
        memo.set(place, try top())
    }

    private mutating func recall(_ place: Int) throws(CheckpointError) {
        guard let value = memo[place] else { throw failure("the memo has no place \(place)") }
        try push(value)
    }
}

// MARK: - Containers

extension Unpickler {
    mutating func makeContainer(
        _ kind: PickleContainer.Kind, _ items: [PickleValue]
    ) throws(CheckpointError) -> PickleValue {
        guard containers.count < limits.containers else {
            throw failure("the pickle holds more than \(limits.containers) containers")
        }
        containers.append(PickleContainer(kind: kind, items: items))
        return .container(containers.count - 1)
    }

    /// The items of a container of a kind; none for an object that is refused.
    func items(of value: PickleValue, _ kind: PickleContainer.Kind) throws(CheckpointError) -> [PickleValue] {
        switch value {
        case .container(let place) where containers[place].kind == kind: return containers[place].items
        case .refused: return []
        default: throw failure("expected a \(kind.rawValue), found \(name(of: value))")
        }
    }

    /// What stands in messages for a value.
    func name(of value: PickleValue) -> String {
        switch value {
        case .none: "None"
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float"
        case .string: "str"
        case .container(let place): containers[place].kind.rawValue
        case .global: "class or function"
        case .dtype: "torch.dtype"
        case .storage: "storage"
        case .tensor: "tensor"
        case .plain(let name): name
        case .refused: "refused object"
        }
    }

    private func pairs(_ items: [PickleValue]) throws(CheckpointError) -> [PickleValue] {
        guard items.count.isMultiple(of: 2) else { throw failure("a key of a dict has no value") }
        return items
    }

    private mutating func extend(
        _ kind: PickleContainer.Kind, with items: [PickleValue]
    ) throws(CheckpointError) {
        switch try top() {
        case .container(let place) where containers[place].kind == kind: containers[place].items += items
        case .refused: break
        case let value: throw failure("items of a \(kind.rawValue) are put into \(name(of: value))")
        }
    }

    private func arguments(_ value: PickleValue) throws(CheckpointError) -> [PickleValue] {
        try items(of: value, .tuple)
    }

    /// Attributes of Python on a tensor or container say nothing about its elements.
    private mutating func giveState() throws(CheckpointError) {
        _ = try pop()
        switch try top() {
        case .container, .tensor, .plain, .refused: break
        case let value: throw failure("attributes are given to \(name(of: value))")
        }
    }
}
