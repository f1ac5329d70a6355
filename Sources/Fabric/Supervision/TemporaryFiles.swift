import Glibc
import Synchronization

/// Files that must not outlive this process, such as a checkpoint that is half written.
///
/// They are removed when the process ends: by `exit`, by a failure of the job, or by SIGINT, SIGTERM or SIGHUP, of which
/// the exit code is then 128 and the signal's number. Nothing can be done about SIGKILL here: in a job of several ranks,
/// another rank removes the file (`Fabric.holdTemporaryFile`); otherwise `removeStale(in:)` does when the directory is
/// next used.
public enum TemporaryFiles {
    /// A place for a path; never freed, so that a signal handler can walk along the list at any time.
    private struct Entry: ~Copyable {
        let path = Atomic<UnsafeMutablePointer<CChar>?>(nil)
        let next: UnsafeMutablePointer<Entry>?

        init(next: UnsafeMutablePointer<Entry>?) {
            self.next = next
        }
    }

    // Atomic, and what it points to is never freed.
    nonisolated(unsafe) private static let head = Atomic<UnsafeMutablePointer<Entry>?>(nil)
    /// Set before files are removed for good: no memory is given back from then on.
    private static let isEnding = Atomic(false)
    /// Whether this process is one of several ranks.
    private static let isRank = Atomic(false)
    /// How long a rank that a signal ends lives on when its files are gone.
    private static let linger = timespec(tv_sec: 0, tv_nsec: 300_000_000)
    /// Guards changes, and says whether the handlers are in place.
    private static let isInstalled = Mutex(false)

    /// Notes a file, before it is made.
    ///
    /// - Parameter path: An absolute path, since the working directory may change.
    public static func add(_ path: String) {
        awaitEndIfEnding()
        guard let copy = strdup(path) else { return }
        installOnce()
        isInstalled.withLock { _ in
            var entry = head.load(ordering: .sequentiallyConsistent)
            while let place = entry {
                if place.pointee.path.load(ordering: .sequentiallyConsistent) == nil {
                    return place.pointee.path.store(copy, ordering: .sequentiallyConsistent)
                }
                entry = place.pointee.next
            }
            let place = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
            place.initialize(to: Entry(next: head.load(ordering: .sequentiallyConsistent)))
            place.pointee.path.store(copy, ordering: .sequentiallyConsistent)
            head.store(place, ordering: .sequentiallyConsistent)
        }
    }

    /// Forgets a file that has its final name now, or is gone.
    public static func remove(_ path: String) {
        isInstalled.withLock { _ in
            var entry = head.load(ordering: .sequentiallyConsistent)
            while let place = entry {
                if let text = place.pointee.path.load(ordering: .sequentiallyConsistent), strcmp(text, path) == 0 {
                    place.pointee.path.store(nil, ordering: .sequentiallyConsistent)
                    // A handler that runs now may still hold the text.
                    if !isEnding.load(ordering: .sequentiallyConsistent) { free(text) }
                    return
                }
                entry = place.pointee.next
            }
        }
    }

    /// Prepares for signals, also without a file: mpirun kills all ranks of a host as soon as one of them has ended after
    /// its first signal, so they must give each other the time to remove their files.
    static func beginRank() {
        isRank.store(true, ordering: .sequentiallyConsistent)
        installOnce()
    }

    /// The number of files that are held, those of other ranks included.
    package static var count: Int {
        var count = 0
        isInstalled.withLock { _ in
            walk { _ in
                count += 1
                return 0
            }
        }
        return count
    }

    /// Does not return once the files have been removed: in the moments that the process has left, nothing more is made,
    /// and nothing is said of files that are gone.
    static func awaitEndIfEnding() {
        while isEnding.load(ordering: .sequentiallyConsistent) { pause() }
    }

    /// Removes all files; the process is about to end.
    static func unlinkAll() {
        isEnding.store(true, ordering: .sequentiallyConsistent)
        walk { unlink($0) }
    }

    /// Only loads and calls: it runs in signal handlers.
    private static func walk(_ body: (UnsafeMutablePointer<CChar>) -> Int32) {
        var entry = head.load(ordering: .sequentiallyConsistent)
        while let place = entry {
            if let text = place.pointee.path.load(ordering: .sequentiallyConsistent) { _ = body(text) }
            entry = place.pointee.next
        }
    }

    private static func installOnce() {
        isInstalled.withLock { isInstalled in
            if !isInstalled { install() }
            isInstalled = true
        }
    }

    private static func install() {
        // What the runtime prepares on first use must be there before a handler needs it.
        _ = isEnding.load(ordering: .sequentiallyConsistent)
        _ = isRank.load(ordering: .sequentiallyConsistent)
        _ = linger
        walk { _ in 0 }
        atexit { TemporaryFiles.unlinkAll() }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // What is ignored stays so, as under nohup.
            guard !SignalDisposition.isIgnored(number) else { continue }
            signal(number) { number in
                TemporaryFiles.unlinkAll()
                if TemporaryFiles.isRank.load(ordering: .sequentiallyConsistent) {
                    var time = TemporaryFiles.linger
                    nanosleep(&time, nil)
                }
                _exit(128 + number)
            }
        }
    }
}
