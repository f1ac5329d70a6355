import Glibc
import Synchronization

/// Hands signals that would end this process to a child.
enum SignalForwarding {
    /// The child; 0 for none.
    ///
    /// Read by a signal handler, so it is a plain atomic number.
    private static let child = Atomic<Int32>(0)

    /// The signal that came last; 0 for none.
    private static let last = Atomic<Int32>(0)

    /// The signal that came; nil for none.
    static var received: Int32? {
        let number = last.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }

    static func start(to process: pid_t) {
        last.store(0, ordering: .sequentiallyConsistent)
        child.store(process, ordering: .sequentiallyConsistent)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // What is ignored stays so, as under nohup.
            guard !SignalDisposition.isIgnored(number) else { continue }
            signal(number) { number in
                SignalForwarding.last.store(number, ordering: .sequentiallyConsistent)
                let process = SignalForwarding.child.load(ordering: .sequentiallyConsistent)
                if process > 0 { kill(process, number) }
            }
        }
    }

    static func stop() {
        for number in [SIGINT, SIGTERM, SIGHUP] where !SignalDisposition.isIgnored(number) { signal(number, SIG_DFL) }
        child.store(0, ordering: .sequentiallyConsistent)
    }
}
