/// The classes and functions that a pickle may name.
///
/// None of them is ever run: the unpickler knows what each would make of its arguments, and makes that.
enum TorchGlobal {
    /// Makes a container from nothing or from another one.
    case container(PickleContainer.Kind)
    /// Makes a dictionary; its argument is the class of missing values.
    case defaultDictionary
    /// Makes a plain value of this type, which no tensor needs.
    case plain(String)
    /// Elements of a type, or bytes.
    case storage(TorchDType?)
    case dtype(TorchDType)
    case tensorClass
    case parameterClass
    /// Makes a tensor of a storage, an offset, sizes and strides; the type is its storage's.
    case rebuildTensor
    /// The same with a type of its own.
    case rebuildTensorWithDType
    case rebuildParameter
    /// Makes a tensor by one of these functions, and gives it attributes of Python.
    case rebuildFromType

    /// What a name in a module stands for; nil if it is refused.
    init?(module: String, name: String) {
        switch module {
        // Python 2 has another name for this module, which protocols 0 to 2 keep using.
        case "builtins", "__builtin__": self.init(builtin: name)
        case "collections": self.init(collection: name)
        // `encode(text, 'latin1')` is how protocols 0 to 2 write bytes.
        case "_codecs" where name == "encode": self = .plain("bytes")
        case "torch": self.init(torch: name)
        case "torch.nn.parameter" where name == "Parameter": self = .parameterClass
        case "torch.nn.parameter" where name == "Buffer": self = .tensorClass
        case "torch._utils": self.init(rebuilding: name)
        // The older of these names is that of PyTorch before 1.9.
        case "torch._tensor" where name == "_rebuild_from_type_v2",
            "torch.tensor" where name == "_rebuild_from_type_v2":
            self = .rebuildFromType
        case "torch.storage", "torch.cuda": self.init(storage: name)
        default: return nil
        }
    }

    private init?(builtin name: String) {
        switch name {
        case "list": self = .container(.list)
        case "tuple": self = .container(.tuple)
        case "dict": self = .container(.dictionary)
        case "set", "frozenset": self = .container(.set)
        case "bool", "int", "float", "complex", "str", "bytes", "bytearray": self = .plain(name)
        default: return nil
        }
    }

    private init?(collection name: String) {
        switch name {
        case "OrderedDict", "Counter": self = .container(.dictionary)
        case "defaultdict": self = .defaultDictionary
        default: return nil
        }
    }

    private init?(torch name: String) {
        switch name {
        case "Size": self = .container(.tuple)
        case "device": self = .plain("torch.device")
        case "Tensor": self = .tensorClass
        default:
            if let dtype = TorchDType(rawValue: name) {
                self = .dtype(dtype)
            } else {
                self.init(storage: name)
            }
        }
    }

    private init?(storage name: String) {
        switch name {
        case "UntypedStorage", "_UntypedStorage": self = .storage(nil)
        default:
            guard let dtype = TorchDType(storageClass: name) else { return nil }
            self = .storage(dtype)
        }
    }

    private init?(rebuilding name: String) {
        switch name {
        case "_rebuild_tensor", "_rebuild_tensor_v2": self = .rebuildTensor
        case "_rebuild_tensor_v3": self = .rebuildTensorWithDType
        case "_rebuild_parameter", "_rebuild_parameter_with_state": self = .rebuildParameter
        default: return nil
        }
    }
}
