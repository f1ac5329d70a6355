/// A result of a unit that can travel between ranks.
public protocol FabricTransferable: Sendable {
    /// The value as bytes.
    var fabricBytes: [UInt8] { get }

    /// The value of bytes that another rank made.
    init(fabricBytes: [UInt8])
}

/// A plain value whose bytes mean the same on all ranks.
public protocol FabricElement: BitwiseCopyable, Sendable {}

extension UInt8: FabricElement {}
extension Int32: FabricElement {}
extension Int64: FabricElement {}
extension Float: FabricElement {}
extension Double: FabricElement {}

extension Array: FabricTransferable where Element: FabricElement {
    /// The elements' bytes.
    public var fabricBytes: [UInt8] { withUnsafeBytes { Array<UInt8>($0) } }

    /// Elements from their bytes.
    public init(fabricBytes: [UInt8]) {
        let count = fabricBytes.count / MemoryLayout<Element>.stride
        self = CallSequence.array(count) { $0.copyBytes(from: fabricBytes.prefix($0.count)) }
    }
}

extension String: FabricTransferable {
    /// The text in UTF-8.
    public var fabricBytes: [UInt8] { Array(utf8) }

    /// Text from UTF-8.
    public init(fabricBytes: [UInt8]) { self = String(decoding: fabricBytes, as: UTF8.self) }
}

extension Double: FabricTransferable {
    /// The eight bytes of the number.
    public var fabricBytes: [UInt8] { [self].fabricBytes }

    /// A number from its bytes.
    public init(fabricBytes: [UInt8]) { self = [Double](fabricBytes: fabricBytes).first ?? 0 }
}

extension Int64: FabricTransferable {
    /// The eight bytes of the number.
    public var fabricBytes: [UInt8] { [self].fabricBytes }

    /// A number from its bytes.
    public init(fabricBytes: [UInt8]) { self = [Int64](fabricBytes: fabricBytes).first ?? 0 }
}
