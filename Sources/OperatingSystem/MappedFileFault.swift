import Glibc
import Synchronization

/// What is said when a mapped file is not there any more where it is read: the system then ends the process by a signal,
/// which by itself tells nobody why.
public enum MappedFileFault {
    private static let isExplained = Atomic(false)

    /// Lets the message be written before the process ends; once is enough.
    public static func explain() {
        if isExplained.exchange(true, ordering: .relaxed) { return }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            // Nothing but a write is allowed here.
            let text: StaticString =
                "error: a file that the job reads was shortened, or its disk failed (SIGBUS); nothing was written\n"
            _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
            Glibc.signal(signal, SIG_DFL)
            raise(signal)
        }
        sigaction(SIGBUS, &action, nil)
    }
}
