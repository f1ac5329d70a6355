import Fabric
import Glibc

/// A way in which a rank fails, and what the others do meanwhile.
enum Fault: String {
    case killedAtBarrier = "killed-at-barrier"
    case killedInUnit = "killed-in-unit"
    case killedInGather = "killed-in-gather"
    case sleepsBeforeBarrier = "sleeps-before-barrier"
    case sleepsInUnit = "sleeps-in-unit"
    case throwsInUnit = "throws-in-unit"
    case throwsBeforeBarrier = "throws-before-barrier"
    case allThrow = "all-throw"
    case longMessage = "long-message"
    case differentCalls = "different-calls"
    case stopped
    case stoppedThenFails = "stopped-then-fails"
    /// No fault: others end long after this rank's limit.
    case endsEarly = "ends-early"
    /// No fault of its own: waits for a signal.
    case waits
    /// No fault of its own: this rank waits for a signal while the others write files.
    case writes

    func run(_ options: ProbeOptions, _ fabric: Fabric) throws {
        try fabric.barrier("start")
        let isFaulty = fabric.rank == options.rank
        let fault = { try ProbeFiles.noteFault(options.output) }
        switch self {
        case .killedAtBarrier:
            if isFaulty {
                usleep(100_000)
                try fault()
                kill(getpid(), SIGKILL)
            }
            try fabric.barrier("epoch")
        case .killedInUnit, .sleepsInUnit, .throwsInUnit:
            try units(fabric, options.rank, options.output)
        case .killedInGather:
            let values = [UInt8](repeating: 1, count: 1 << 22)
            for round in 0..<1000 {
                if isFaulty, round == 3 {
                    try fault()
                    startKiller()
                }
                _ = try fabric.gather(values, "states")
            }
        case .sleepsBeforeBarrier:
            if isFaulty {
                try fault()
                sleep(60)
            }
            try fabric.barrier("epoch")
        case .throwsBeforeBarrier:
            if isFaulty {
                try fault()
                throw ProbeError("the disk is full")
            }
            try fabric.barrier("epoch")
        case .allThrow:
            if isFaulty { try fault() }
            throw ProbeError("the disk is full")
        case .longMessage:
            if isFaulty {
                try fault()
                throw ProbeError("the disk is full: " + String(repeating: "very ", count: 20_000))
            }
            try fabric.barrier("epoch")
        case .differentCalls:
            if isFaulty {
                try fault()
                var values = [1.0]
                try fabric.allReduce(&values, .sum, "loss")
            }
            try fabric.barrier("epoch")
        case .stopped:
            if isFaulty {
                try fault()
                kill(getpid(), SIGSTOP)
            }
            try fabric.barrier("epoch")
        case .stoppedThenFails:
            if isFaulty { kill(getpid(), SIGSTOP) }
            if fabric.rank == fabric.worldSize - 1 {
                usleep(300_000)
                try fault()
                throw ProbeError("the disk is full")
            }
            try fabric.barrier("epoch")
        case .endsEarly:
            if isFaulty { sleep(3) }
        case .waits:
            if isFaulty { try fault() }
            sleep(60)
        case .writes:
            if isFaulty {
                try fault()
                sleep(60)
            }
            guard let output = options.output else { return }
            for _ in 0..<1_000_000 { try ProbeFiles.replaceFile(in: output, fabric) }
        }
    }

    private func units(_ fabric: Fabric, _ faulty: Int, _ output: String?) throws {
        let rank = fabric.rank
        try fabric.run("merge", units: Array(0..<64), cost: { _ in 1 }) { unit -> [UInt8] in
            usleep(5_000)
            guard rank == faulty, unit >= 16 else { return [UInt8](repeating: 1, count: 1000) }
            try ProbeFiles.noteFault(output)
            switch self {
            case .killedInUnit: kill(getpid(), SIGKILL)
            case .sleepsInUnit: sleep(60)
            default: throw ProbeError("the tensor is broken")
            }
            return []
        } deliver: { _, _ in
        }
    }

    /// Ends the process a moment later, inside of the call that is then being made.
    private func startKiller() {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                usleep(2_000)
                kill(getpid(), SIGKILL)
                return nil
            }, nil)
    }
}
