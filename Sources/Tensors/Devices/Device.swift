/// What tensors live on and are computed with.
public struct Device: Hashable, Sendable {
    /// The kinds of device, in the order in which `auto` prefers them.
    public enum Kind: String, CaseIterable, Sendable {
        /// A GPU of NVIDIA.
        case cuda
        /// The processor of the host.
        case cpu
    }

    /// What it is.
    public let kind: Kind
    /// Which of the host's devices of this kind, from 0.
    public let index: Int

    /// A device of the host.
    public init(_ kind: Kind, index: Int = 0) {
        self.kind = kind
        self.index = index
    }

    /// The processor.
    public static let cpu = Device(.cpu)
}

extension Device: CustomStringConvertible {
    /// As PyTorch writes it: `cpu`, `cuda:1`.
    public var description: String { kind == .cpu ? "cpu" : "\(kind.rawValue):\(index)" }
}

/// Why there is no device.
public enum DeviceError: Error, Equatable, Sendable {
    /// This program has no backend for devices of this kind.
    case noBackend(Device.Kind)
    /// The host has fewer devices of this kind than ranks that want one.
    case tooFew(Device.Kind, found: Int, localRank: Int)
}

extension DeviceError: CustomStringConvertible {
    /// What is missing, and what to do.
    public var description: String {
        switch self {
        case .noBackend(let kind):
            "This program has no backend for \(kind.rawValue) devices; with fabric.accelerator=cpu it computes on the processor"
        case .tooFew(let kind, let found, let localRank):
            "Local rank \(localRank) needs a \(kind.rawValue) device of its own, but this host has \(found)"
        }
    }
}
