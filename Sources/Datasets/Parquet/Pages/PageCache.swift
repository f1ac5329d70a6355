import Synchronization

/// Keeps what was decoded last, up to some memory, for all threads that read.
///
/// What two threads want at once is decoded by one of them, while the other waits.
final class PageCache: Sendable {
    /// What a part is about.
    struct Key: Hashable, Sendable {
        /// A part of a column chunk.
        enum Part: Hashable, Sendable {
            case layout
            case dictionary
            case run(Int)
        }

        let file: Int
        let rowGroup: Int
        let leaf: Int
        let part: Part
    }

    /// What can be kept.
    enum Content: Sendable {
        case layout(ColumnChunkLayout)
        case dictionary(ColumnValues?)
        case entries(ColumnEntries)

        var byteCount: Int {
            switch self {
            case .layout(let layout): layout.runs.count * MemoryLayout<ColumnChunkLayout.Run>.stride
            case .dictionary(let values): values?.byteCount ?? 0
            case .entries(let entries): entries.byteCount
            }
        }
    }

    /// A place for a part, which the first one who needs it fills.
    private final class Slot: Sendable {
        let content = Mutex<Content?>(nil)
    }

    /// Two generations: when the young one has grown to half of the limit, it becomes the old one, which goes.
    private struct Generations {
        var young: [Key: Slot] = [:]
        var old: [Key: Slot] = [:]
        var youngByteCount = 0
    }

    private let generations = Mutex(Generations())
    private let byteLimit: Int
    /// A part takes some memory even if it is empty.
    private static let overhead = 200

    /// Keeps so many bytes, beside what is being read.
    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// A part that is kept, or else is made.
    ///
    /// - Throws: What making it throws; the next one who needs it then tries again.
    func content(
        _ key: Key, make: () throws(ParquetError) -> Content
    ) throws(ParquetError) -> Content {
        let slot = slot(key)
        var size = 0
        let content = try slot.content.withLock { (content) throws(ParquetError) -> Content in
            if let content { return content }
            let made = try make()
            size = made.byteCount + Self.overhead
            content = made
            return made
        }
        if size > 0 { grow(by: size) }
        return content
    }

    private func slot(_ key: Key) -> Slot {
        generations.withLock { generations in
            if let slot = generations.young[key] { return slot }
            let slot = generations.old.removeValue(forKey: key) ?? Slot()
            generations.young[key] = slot
            let size = slot.content.withLockIfAvailable { $0?.byteCount } ?? nil
            generations.youngByteCount += size ?? 0
            return slot
        }
    }

    private func grow(by byteCount: Int) {
        generations.withLock { generations in
            generations.youngByteCount += byteCount
            guard generations.youngByteCount > byteLimit / 2 else { return }
            generations.old = generations.young
            generations.young = [:]
            generations.youngByteCount = 0
        }
    }
}
