import Fabric
import Synchronization

/// The digests of a pool's models: files are hashed once, however often somebody asks.
final class KnownInputDigests: Sendable {
    private let pool: ModelPool
    private let fabric: Fabric
    private let known = Mutex<[Bool: InputDigests]>([:])

    /// Nothing is hashed yet.
    init(of pool: ModelPool, on fabric: Fabric) {
        self.pool = pool
        self.fabric = fabric
    }

    /// The digests that a saved model tells of; all ranks ask together.
    ///
    /// - Throws: An error of reading.
    func digests(for options: SaveOptions) throws -> InputDigests {
        let hashesContents = options.hashesInputs
        if let digests = known.withLock({ $0[hashesContents] }) { return digests }
        let digests = try InputDigests(of: pool, hashingContents: hashesContents, on: fabric)
        known.withLock { $0[hashesContents] = digests }
        return digests
    }
}
