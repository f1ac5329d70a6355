import Foundation

/// A file that always holds the input being tried.
package final class FuzzTrace: Sendable {
    private let descriptor: Int32

    package init?(path: String) {
        descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
        if descriptor < 0 { return nil }
    }

    deinit {
        close(descriptor)
    }

    package func write(_ bytes: [UInt8]) {
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, bytes, bytes.count, 0)
    }
}
