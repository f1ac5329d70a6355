internal import CLinux
import Glibc
import OperatingSystem

/// The threads of this process but the calling one.
enum OtherThreads {
    /// Stops them for good, wherever they are.
    ///
    /// What they hold, such as the lock of the memory allocator, stays held: the caller may only wait and end the process.
    /// Handlers of signals still run.
    static func freeze() {
        signal(SIGUSR2) { _ in
            while true { pause() }
        }
        let own = linux_this_thread()
        for name in FileSystem.names(in: "/proc/self/task") {
            if let thread = pid_t(name), thread != own { _ = linux_signal_thread(thread, SIGUSR2) }
        }
    }
}
