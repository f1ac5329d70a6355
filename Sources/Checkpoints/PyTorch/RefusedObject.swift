/// An object in a file that is not made, because it is neither a tensor nor plain data.
public struct RefusedObject: Hashable, Sendable {
    /// The class or function that would make it, with its module: `os.system`.
    public let name: String
    /// Where the file asks for it, in bytes from its start.
    public let offset: Int

    /// An object by its class or function.
    public init(name: String, offset: Int) {
        self.name = name
        self.offset = offset
    }
}

extension RefusedObject: CustomStringConvertible {
    /// Name and place.
    public var description: String { "\(name) (at byte \(offset))" }
}
