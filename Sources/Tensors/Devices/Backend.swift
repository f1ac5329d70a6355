/// What computes on a kind of device.
///
/// This is the seam between tensors and devices: all that an operator asks of a device goes through this list of
/// primitives and those of `ArithmeticPrimitives`, and a further kind of device is a further implementation of them in
/// `Backends.all`.
public protocol Backend: MovementPrimitives {
    /// The kind of device that it serves.
    var kind: Device.Kind { get }
    /// The number of such devices on this host.
    var deviceCount: Int { get }

    /// Memory on a device, aligned to 64 bytes, its content undefined.
    ///
    /// - Throws: `BackendError.outOfMemory`.
    func allocate(byteCount: Int, on device: Device) throws(BackendError) -> UnsafeMutableRawPointer

    /// Gives memory of `allocate` back.
    func deallocate(_ memory: UnsafeMutableRawPointer, byteCount: Int, on device: Device)

    /// Copies from the host's memory to the device's.
    func upload(_ bytes: UnsafeRawBufferPointer, to memory: UnsafeMutableRawPointer, on device: Device)

    /// Copies from the device's memory to the host's.
    func download(_ memory: UnsafeRawPointer, to bytes: UnsafeMutableRawBufferPointer, on device: Device)

    /// What it computes in a type of numbers; nil if it does not compute in it.
    func arithmetic(for dtype: DType) -> (any ArithmeticPrimitives)?
}

/// What a device may refuse.
public enum BackendError: Error, Equatable, Sendable {
    /// There is not so much memory.
    case outOfMemory(Device, byteCount: Int)
}

extension BackendError: CustomStringConvertible {
    /// What is missing where.
    public var description: String {
        switch self {
        case .outOfMemory(let device, let byteCount): "There are no \(byteCount) bytes of memory left on \(device)"
        }
    }
}

/// The backends of this program.
public enum Backends {
    /// One for each kind of device that this program can compute on.
    public static let all: [any Backend] = [CPUBackend()]

    /// The backend of a kind of device; nil if this program has none.
    public static func backend(for kind: Device.Kind) -> (any Backend)? { all.first { $0.kind == kind } }

    /// The device of a kind that a local rank computes on: the processor for all, a GPU for each.
    ///
    /// - Throws: `DeviceError` if there is none.
    public static func device(
        _ kind: Device.Kind, localRank: Int, among backends: [any Backend] = all
    ) throws(DeviceError) -> Device {
        guard let backend = backends.first(where: { $0.kind == kind }) else { throw .noBackend(kind) }
        if kind == .cpu { return .cpu }
        guard localRank < backend.deviceCount else {
            throw .tooFew(kind, found: backend.deviceCount, localRank: localRank)
        }
        return Device(kind, index: localRank)
    }

    /// The best device that a local rank can have to itself; the processor if there is no other.
    public static func bestDevice(localRank: Int, among backends: [any Backend] = all) -> Device {
        for kind in Device.Kind.allCases {
            if let device = try? device(kind, localRank: localRank, among: backends) { return device }
        }
        return .cpu
    }
}
