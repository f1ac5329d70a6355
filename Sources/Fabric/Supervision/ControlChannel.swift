internal import CMPI
import Glibc
import Synchronization

/// Short messages between the supervisors of ranks, beside the collective calls.
protocol ControlChannel: Sendable {
    var rank: Int { get }
    var size: Int { get }

    /// Sends without waiting for the receiver.
    func send(_ message: ControlMessage, to destination: Int)

    /// A message that has arrived; nil if there is none.
    func receive() -> (source: Int, message: ControlMessage)?

    /// Ends all ranks at once. With MPI this does not return.
    func endJob()

    /// Waits for the end of this rank, after another one has said why the job ends.
    ///
    /// With MPI this does not return, and nothing else goes on meanwhile.
    func awaitEnd()

    /// Whether a rank has ended the job.
    var hasEnded: Bool { get }
}

/// What supervisors tell each other.
enum ControlMessage: Equatable, Sendable {
    /// The sender failed.
    case failure(String)
    /// The sender has waited too long in this call.
    case timeout(call: String, seconds: Double)
    /// Where are you?
    case askPlace
    /// The answer.
    case place(String)
    /// The sender says why the job ends.
    case spoken
    /// A file of the sender that must not outlive the job.
    case hold(String)
    /// That file is done with.
    case release(String)
    /// How far the sender is.
    case progress(ProgressCounts.Count)

    var bytes: [UInt8] {
        switch self {
        case .failure(let text): Array("F\(text)".utf8)
        case .timeout(let call, let seconds): Array("T\(seconds)\n\(call)".utf8)
        case .askPlace: Array("A".utf8)
        case .place(let text): Array("P\(text)".utf8)
        case .spoken: Array("S".utf8)
        case .hold(let path): Array("H\(path)".utf8)
        case .release(let path): Array("R\(path)".utf8)
        case .progress(let count): Array("C\(count.bar) \(count.completed)".utf8)
        }
    }

    init?(bytes: [UInt8]) {
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch bytes.first {
        case UInt8(ascii: "F"): self = .failure(text)
        case UInt8(ascii: "A"): self = .askPlace
        case UInt8(ascii: "P"): self = .place(text)
        case UInt8(ascii: "S"): self = .spoken
        case UInt8(ascii: "H"): self = .hold(text)
        case UInt8(ascii: "R"): self = .release(text)
        case UInt8(ascii: "C"):
            let numbers = text.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 2 else { return nil }
            self = .progress(ProgressCounts.Count(bar: numbers[0], completed: numbers[1]))
        case UInt8(ascii: "T"):
            let parts = text.split(separator: "\n", maxSplits: 1)
            guard parts.count == 2, let seconds = Double(parts[0]) else { return nil }
            self = .timeout(call: String(parts[1]), seconds: seconds)
        default: return nil
        }
    }
}

/// Control messages over a communicator of MPI that nothing else uses.
final class MPIControlChannel: ControlChannel {
    let rank: Int
    let size: Int
    private let communicator: cmpi_communicator
    private static let tag: Int32 = 1

    init(_ world: MPICommunicator) throws {
        rank = world.rank
        size = world.size
        var copy: cmpi_communicator = 0
        try MPICall.check(cmpi_duplicate(0, &copy), "MPI_Comm_dup")
        communicator = copy
    }

    /// Never blocks, not even if the receiver has been stopped and the message is long.
    func send(_ message: ControlMessage, to destination: Int) {
        let bytes = message.bytes
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        var request = cmpi_request()
        let code = cmpi_begin_send(
            copy.baseAddress, Int32(bytes.count), Int32(destination), Self.tag, communicator, &request)
        // A failure here has nobody to be told to: the job is ending.
        guard code == 0 else { return copy.deallocate() }
        pending.withLock { $0.messages.append(PendingMessage(bytes: copy, request: request)) }
    }

    /// Gives back the memory of messages that have left.
    private func collectSent() {
        pending.withLock { pending in
            guard !pending.messages.isEmpty else { return }
            pending.messages = pending.messages.filter { message in
                var request = message.request
                var isDone: Int32 = 0
                guard cmpi_test(&request, &isDone) == 0, isDone == 1 else { return true }
                message.bytes.deallocate()
                return false
            }
        }
    }

    private struct PendingMessage {
        let bytes: UnsafeMutableRawBufferPointer
        let request: cmpi_request
    }

    /// What has not left yet; pointers into memory that only the owner of the lock touches.
    private struct Pending: @unchecked Sendable {
        var messages: [PendingMessage] = []
    }

    private let pending = Mutex(Pending())

    func receive() -> (source: Int, message: ControlMessage)? {
        collectSent()
        var isThere: Int32 = 0
        var source: Int32 = 0
        var count: Int32 = 0
        guard cmpi_probe_any(Self.tag, communicator, &isThere, &source, &count) == 0, isThere == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        guard cmpi_receive(&bytes, count, source, Self.tag, communicator) == 0 else { return nil }
        return ControlMessage(bytes: bytes).map { (Int(source), $0) }
    }

    func endJob() {
        TemporaryFiles.unlinkAll()
        // What the others have been told is still to leave, and they are to see it before they see that this rank is gone.
        for _ in 0..<50 where pending.withLock({ !$0.messages.isEmpty }) {
            collectSent()
            usleep(2000)
        }
        usleep(50_000)
        JobAbort.perform(exitCode: 1)
        _ = cmpi_abort(1)
        // MPI_Abort returns at once to a second caller: the first one ends this process.
        sleep(2)
        _exit(1)
    }

    func awaitEnd() {
        TemporaryFiles.unlinkAll()
        // MPI has much to say about connections that break when the other ranks end, if one lets it.
        OtherThreads.freeze()
        // mpirun takes two seconds to end the ranks of other hosts.
        sleep(4)
        _exit(1)
    }

    /// A job of processes that has ended has nobody to ask.
    var hasEnded: Bool { false }
}

/// Control messages between threads of one process.
final class InProcessControlChannel: ControlChannel {
    private final class Mailboxes: Sendable {
        let boxes: Mutex<[[(source: Int, message: ControlMessage)]]>
        let hasEnded = Mutex(false)

        init(_ size: Int) {
            boxes = Mutex(Array(repeating: [], count: size))
        }
    }

    let rank: Int
    let size: Int
    private let mailboxes: Mailboxes
    private let end: @Sendable () -> Void

    private init(rank: Int, size: Int, mailboxes: Mailboxes, end: @escaping @Sendable () -> Void) {
        self.rank = rank
        self.size = size
        self.mailboxes = mailboxes
        self.end = end
    }

    /// The channels of all ranks; `end` is what ends them.
    static func channels(_ size: Int, end: @escaping @Sendable () -> Void) -> [InProcessControlChannel] {
        let mailboxes = Mailboxes(size)
        return (0..<size).map { InProcessControlChannel(rank: $0, size: size, mailboxes: mailboxes, end: end) }
    }

    func send(_ message: ControlMessage, to destination: Int) {
        mailboxes.boxes.withLock { $0[destination].append((rank, message)) }
    }

    func receive() -> (source: Int, message: ControlMessage)? {
        mailboxes.boxes.withLock { $0[rank].isEmpty ? nil : $0[rank].removeFirst() }
    }

    func endJob() {
        mailboxes.hasEnded.withLock { $0 = true }
        end()
    }

    func awaitEnd() {}

    var hasEnded: Bool { mailboxes.hasEnded.withLock { $0 } }
}
