/// Numbers in one or several dimensions, on a device.
///
/// Elements lie row by row without gaps. A tensor is a value: nothing changes its elements but `mutating` functions, which
/// copy what others share. Threads may share tensors.
///
/// A tensor that a `GradientTape` watches, or that was computed from one, is *traced*: operators on it are recorded.
///
/// Operators check shapes and types by preconditions, as arrays check their indices. Where data decide, check them before.
public struct Tensor: Sendable {
    /// The sizes of its dimensions.
    public let shape: Shape
    /// The type of its elements.
    public let dtype: DType
    private(set) var storage: TensorStorage
    /// Where it starts in the storage.
    let byteOffset: Int
    /// Its place on a tape, if it is traced.
    var node: TapeNode?

    init(shape: Shape, dtype: DType, storage: TensorStorage, byteOffset: Int = 0, node: TapeNode? = nil) {
        self.shape = shape
        self.dtype = dtype
        self.storage = storage
        self.byteOffset = byteOffset
        self.node = node
    }

    /// The number of its elements.
    public var elementCount: Int { shape.elementCount }
    /// The number of its dimensions.
    public var rank: Int { shape.rank }
    /// What it lies on.
    public var device: Device { storage.pool.device }
    /// The bytes of its elements.
    public var byteCount: Int { elementCount * elementByteCount }

    var elementByteCount: Int { dtype.bitCount / 8 }
    var backend: any Backend { storage.pool.backend }
    var memory: UnsafeMutableRawPointer { storage.memory + byteOffset }

    /// The device's arithmetic for its type.
    var arithmetic: any ArithmeticPrimitives {
        guard let arithmetic = backend.arithmetic(for: dtype) else {
            preconditionFailure("\(device) does not compute in \(dtype); convert the tensor before")
        }
        return arithmetic
    }

    /// The same tensor, of which no tape knows anything.
    public var detached: Tensor {
        var tensor = self
        tensor.node = nil
        return tensor
    }

    /// Whether operators on it are recorded.
    public var isTraced: Bool { node?.recordingTape != nil }

    /// The size of a dimension; negative ones count from the end.
    public func size(_ dimension: Int) -> Int { shape.dimensions[index(of: dimension)] }

    /// The index of a dimension that may count from the end.
    func index(of dimension: Int) -> Int {
        let index = dimension < 0 ? rank + dimension : dimension
        precondition(index >= 0 && index < rank, "A tensor of shape \(shape) has no dimension \(dimension)")
        return index
    }

    /// The size of the last dimension; 1 for a single number.
    var columnCount: Int { shape.dimensions.last ?? 1 }
    /// The product of all sizes but the last.
    var rowCount: Int { shape.dimensions.dropLast().reduce(1, *) }

    /// Makes sure that nobody else sees what is written to it next.
    mutating func makeWritable() {
        if isKnownUniquelyReferenced(&storage) && storage.isWritable { return }
        var copy = Tensor(uninitialized: shape, dtype: dtype, on: storage.pool)
        backend.copy(from: memory, to: copy.memory, byteCount: byteCount, on: device)
        copy.node = node
        self = copy
    }

    /// Whether what it holds may be overwritten, as nobody else sees it.
    mutating func isOnlyReference() -> Bool { isKnownUniquelyReferenced(&storage) && storage.isWritable }
}

extension Tensor: CustomStringConvertible {
    /// Type, shape and device: `F32 [32, 50, 768] on cpu`.
    public var description: String { "\(dtype.rawValue) \(shape) on \(device)" }
}
