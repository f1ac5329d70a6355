import Glibc
import OperatingSystem
import Synchronization

/// Starts a command as the ranks of a job, under `mpirun`.
public struct MPILauncher {
    private let configuration: FabricConfiguration
    /// The variables of this process.
    private let environment: [String: String]
    private let coreCount: Int

    /// A launcher for a job's shape.
    public init(_ configuration: FabricConfiguration, environment: [String: String]) {
        self.configuration = configuration
        self.environment = environment
        coreCount = Processor.allowedCoreCount
    }

    /// Variables that ranks on other hosts get too.
    private static let forwardedPrefixes = ["FUSION_BENCH_", "HF_", "HYDRA_", "OMP_", "OPENBLAS_", "CUDA_", "NO_COLOR"]

    /// The arguments of `mpirun`, the program's own included.
    public func arguments(program: String, arguments: [String]) -> [String] {
        var list = ["mpirun", "-n", String(configuration.worldSize)]
        if geteuid() == 0 { list.append("--allow-run-as-root") }
        if let hostFile { list += ["--hostfile", hostFile] }
        if configuration.nodeCount > 1 { list += ["--map-by", "ppr:\(configuration.devices):node"] }
        let threads = configuration.threadCount ?? max(1, coreCount / configuration.devices)
        if configuration.nodeCount > 1 || configuration.devices * threads > coreCount {
            // The cores of other hosts are not known, and too few cores are better shared than fixed.
            list += ["--oversubscribe", "--bind-to", "none"]
        } else {
            list += ["--map-by", "slot:PE=\(threads)", "--bind-to", "core"]
        }
        if configuration.tagsOutput { list.append("--tag-output") }
        for name in environment.keys.sorted() where Self.forwardedPrefixes.contains(where: name.hasPrefix) {
            list += ["-x", name]
        }
        return list + [program] + arguments
    }

    /// The file of hosts for `mpirun`.
    ///
    /// It asks Slurm itself, but knows of PBS only if it was built for it, which Debian's is not.
    private var hostFile: String? {
        if let file = configuration.hostFile { return file }
        guard configuration.nodeCount > 1, let file = environment["PBS_NODEFILE"], FileSystem.isFile(file) else {
            return nil
        }
        return file
    }

    /// Runs the command and waits; signals that end this process are handed on.
    ///
    /// If this process is killed, so that it can hand on nothing, `mpirun` is told to end too: see `LaunchStage`, which the
    /// program must enter first of all.
    ///
    /// - Returns: The exit code of the ranks, or 128 and the signal's number.
    /// - Throws: `LaunchError` if `mpirun` cannot be started.
    public func run(program: String, arguments: [String]) throws -> Int32 {
        let stage = try LaunchStage(self.arguments(program: program, arguments: arguments))
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

        // Its messages pass through here, where what the ranks have said already is left out.
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw LaunchError(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)

        var child = pid_t()
        let code = stage.withVariable { posix_spawn(&child, program, &actions, &attributes, &pointers, environ) }
        close(ends[1])
        guard code == 0 else { throw LaunchError(code: code) }
        SignalForwarding.start(to: child)
        defer { SignalForwarding.stop() }
        let status = Self.passMessages(from: ends[0], until: child)
        if let number = SignalForwarding.received, status != 0 {
            let name = strsignal(number).map { String(cString: $0) } ?? ""
            Self.write(Array("error: The job was ended by signal \(number) (\(name))\n".utf8))
            return 128 + number
        }
        let signal = status & 0x7F
        if signal != 0 {
            let name = strsignal(signal).map { String(cString: $0) } ?? ""
            Self.write(Array("error: mpirun was ended by signal \(signal) (\(name))\n".utf8))
        }
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

extension MPILauncher {
    /// Writes what comes from a pipe to standard error until the child has ended.
    ///
    /// - Returns: The child's status.
    private static func passMessages(from pipe: Int32, until child: pid_t) -> Int32 {
        var messages = LauncherMessages()
        var status: Int32 = 0
        var hasEnded = false
        var isOpen = true
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // What the child's own children hold open must not keep this process.
            var entry = pollfd(fd: isOpen ? pipe : -1, events: Int16(POLLIN), revents: 0)
            let ready = poll(&entry, 1, hasEnded ? 0 : 100)
            if ready > 0 {
                let count = read(pipe, &buffer, buffer.count)
                if count > 0 { write(messages.take(buffer[..<count])) }
                if count == 0 { isOpen = false }
            } else if hasEnded {
                break
            }
            if !hasEnded {
                // Without more to read there is only the end to wait for.
                let found = waitpid(child, &status, isOpen ? WNOHANG : 0)
                hasEnded = found == child || (found < 0 && errno != EINTR)
            }
        }
        write(messages.finish())
        return status
    }

    private static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return }
            rest = rest.dropFirst(max(0, count))
        }
    }
}

/// `mpirun` cannot be started.
public struct LaunchError: Error, CustomStringConvertible {
    /// The system's error code.
    public let code: Int32

    /// What to do about it.
    public var description: String {
        code == ENOENT
            ? "'mpirun' was not found, which starts several processes. On Debian it is in the package openmpi-bin."
            : "'mpirun' cannot be started: \(String(cString: strerror(code)))"
    }
}

/// Hands signals that would end this process to a child.
private enum SignalForwarding {
    /// The child; 0 for none.
    ///
    /// Read by a signal handler, so it is a plain atomic number.
    static let child = Atomic<Int32>(0)

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
