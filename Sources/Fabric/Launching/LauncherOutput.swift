import Glibc

/// What `mpirun` writes to standard error, on its way through this process.
struct LauncherOutput: ~Copyable {
    private let pipe: Int32
    private var isOpen = true
    private var messages = LauncherMessages()
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)
    /// Whether nothing of it is written any more.
    var isMuted = false

    /// Takes over the end of a pipe, which is closed in the end.
    init(pipe: Int32) {
        self.pipe = pipe
    }

    deinit { close(pipe) }

    /// Whether the ranks have started.
    var hasStarted: Bool { messages.hasStarted }

    /// Why the job failed, in a line.
    var reason: String? { messages.reason }

    /// Waits until there is something, and writes it.
    ///
    /// - Returns: Whether there was something.
    @discardableResult
    mutating func pass(waitingMilliseconds time: Int32) -> Bool {
        var entry = pollfd(fd: isOpen ? pipe : -1, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, time) > 0 else { return false }
        let count = read(pipe, &buffer, buffer.count)
        if count > 0 { write(messages.take(buffer[..<count])) }
        if count == 0 { isOpen = false }
        return count > 0
    }

    /// Writes what is left when `mpirun` has ended; what it has started itself may still hold the pipe open.
    mutating func finish() {
        let deadline = ContinuousClock.now + .seconds(1)
        while pass(waitingMilliseconds: 0), ContinuousClock.now < deadline {}
        write(messages.finish())
    }

    private func write(_ bytes: [UInt8]) {
        if !isMuted { StandardStream.error.write(bytes) }
    }
}
