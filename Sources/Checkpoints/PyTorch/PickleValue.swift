/// A value on the stack of an unpickler.
///
/// Containers and tensors are numbers of places in tables, so that a pickle that nests or repeats its parts millions of
/// times, or puts a list into itself, builds nothing that is deep, large or cyclic in memory.
enum PickleValue {
    case none
    case boolean(Bool)
    case integer(Int128)
    case float(Double)
    case string(String)
    /// A place in the unpickler's table of containers.
    case container(Int)
    /// A class or function that may be called.
    case global(TorchGlobal)
    case dtype(TorchDType)
    /// A place in the table of references to storages.
    case storage(Int)
    /// A place in the table of tensors.
    case tensor(Int)
    /// A plain value that no tensor needs, of which only the name of its type is kept.
    case plain(String)
    /// What stands for an object that is refused.
    case refused
}

extension PickleValue {
    /// The number if it is a whole one that fits.
    var int: Int? {
        if case .integer(let number) = self { Int(exactly: number) } else { nil }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var isRefused: Bool {
        if case .refused = self { true } else { false }
    }

    var isTensor: Bool {
        if case .tensor = self { true } else { false }
    }
}

/// A list, tuple, dictionary or set of a pickle.
struct PickleContainer {
    enum Kind: String {
        case list
        case tuple
        case dictionary = "dict"
        case set
    }

    let kind: Kind
    /// The items; of a dictionary, keys and values in turn.
    var items: [PickleValue]
}
