// Loops take addresses. Empty buffers may have none, so that they are given one that is never read.

extension UnsafeBufferPointer {
    var address: UnsafePointer<Element> {
        baseAddress ?? UnsafePointer(Nowhere.address.assumingMemoryBound(to: Element.self))
    }
}

extension UnsafeMutableBufferPointer {
    var address: UnsafeMutablePointer<Element> { baseAddress ?? Nowhere.address.assumingMemoryBound(to: Element.self) }
}

extension UnsafeRawBufferPointer {
    var address: UnsafeRawPointer { baseAddress ?? UnsafeRawPointer(Nowhere.address) }
}

extension UnsafeMutableRawBufferPointer {
    var address: UnsafeMutableRawPointer { baseAddress ?? Nowhere.address }
}

/// An address of no elements.
private struct Nowhere: @unchecked Sendable {
    static var address: UnsafeMutableRawPointer { shared.pointer }

    private static let shared = Nowhere(pointer: .allocate(byteCount: 64, alignment: 64))

    private let pointer: UnsafeMutableRawPointer
}
