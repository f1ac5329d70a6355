import Glibc

/// A running `mpirun`, whose messages pass through this process.
struct LaunchedProcess: ~Copyable {
    let number: pid_t
    private var output: LauncherOutput

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
        output = LauncherOutput(pipe: ends[0])
    }

    /// Passes its messages on until it has ended, without what the ranks have said already.
    ///
    /// - Parameter startLimit: How many seconds it may take to start the ranks; nil for any number.
    /// - Returns: Its status, and what was said about a failure.
    /// - Throws: `LaunchError.timeout` if it took longer; it has then been ended.
    consuming func wait(startLimit: Double?) throws -> (status: Int32, reason: String?) {
        let startDeadline = startLimit.map { ContinuousClock.now + .milliseconds(Int64($0 * 1000)) }
        var endDeadline: ContinuousClock.Instant?
        while true {
            output.pass(waitingMilliseconds: 100)
            if let status = endStatus() {
                output.finish()
                if output.isMuted, let startLimit { throw LaunchError.timeout(seconds: startLimit) }
                return (status, output.reason)
            }
            let now = ContinuousClock.now
            if let startDeadline, now > startDeadline, !output.hasStarted, !output.isMuted {
                // What it says about its own end would only hide the reason.
                output.isMuted = true
                kill(number, SIGTERM)
            }
            if endDeadline == nil, output.isMuted || SignalForwarding.received != nil {
                endDeadline = now + Self.patience
            }
            if let endDeadline, now > endDeadline { kill(number, SIGKILL) }
        }
    }

    /// Its status if it has ended.
    private func endStatus() -> Int32? {
        var status: Int32 = 0
        let found = waitpid(number, &status, WNOHANG)
        return found == number || (found < 0 && errno != EINTR) ? status : nil
    }
}
