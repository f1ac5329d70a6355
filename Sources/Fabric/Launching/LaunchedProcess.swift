import Glibc

/// A running `mpirun`, whose messages pass through this process.
struct LaunchedProcess {
    let number: pid_t
    /// Where its messages come from.
    private let messages: Int32

    /// How long it may take to end after a signal, before it is killed: it waits for hosts that it cannot reach.
    private static let patience = Duration.seconds(10)

    /// Starts it.
    ///
    /// - Throws: `LaunchError` with the system's reason.
    init(program: String, stage: LaunchStage) throws {
        var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + stage.arguments).map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }

        // Its own process group: a key press reaches it through this process alone.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // And whatever this thread blocks, it gets the signals that are to end it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        posix_spawnattr_setpgroup(&attributes, 0)
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)

        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LaunchError.system(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)

        var child = pid_t()
        let code = stage.withVariable { posix_spawn(&child, program, &actions, &attributes, &pointers, environ) }
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw LaunchError.system(code: code)
        }
        number = child
        messages = ends[0]
    }

    /// Writes its messages to standard error until it has ended, without what the ranks have said already.
    ///
    /// - Parameter startLimit: How many seconds it may take to start the ranks; nil for any number.
    /// - Returns: Its status.
    /// - Throws: `LaunchError.timeout` if it took longer; it has then been ended.
    func wait(startLimit: Double?) throws -> Int32 {
        defer { close(messages) }
        var text = LauncherMessages()
        var startDeadline = startLimit.map { ContinuousClock.now + .milliseconds(Int64($0 * 1000)) }
        var endDeadline: ContinuousClock.Instant?
        var status: Int32 = 0
        var hasEnded = false
        var isOpen = true
        var isLate = false
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // What its own children hold open must not keep this process.
            var entry = pollfd(fd: isOpen ? messages : -1, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, hasEnded ? 0 : 100)
            if ready > 0 {
                let count = read(messages, &buffer, buffer.count)
                if count > 0 {
                    let bytes = text.take(buffer[..<count])
                    if !isLate { StandardStream.error.write(bytes) }
                }
                if count == 0 { isOpen = false }
            } else if hasEnded {
                break
            }
            if !hasEnded {
                let found = waitpid(number, &status, WNOHANG)
                hasEnded = found == number || (found < 0 && errno != EINTR)
            }
            if text.hasStarted { startDeadline = nil }
            let now = ContinuousClock.now
            if let deadline = startDeadline, now > deadline, !hasEnded {
                startDeadline = nil
                isLate = true
                kill(number, SIGTERM)
            }
            if isLate || SignalForwarding.received != nil, endDeadline == nil { endDeadline = now + Self.patience }
            if let deadline = endDeadline, now > deadline, !hasEnded { kill(number, SIGKILL) }
        }
        if isLate, let startLimit { throw LaunchError.timeout(seconds: startLimit) }
        StandardStream.error.write(text.finish())
        return status
    }
}
