import Glibc
import OperatingSystem
import Synchronization

/// Knows where its rank is, tells the others when asked, and ends the job when a rank fails or waits too long.
///
/// A thread of its own looks at messages and at the clock, so that a rank answers while it computes. Global zero speaks
/// for all: it prints one message, then ends the job.
final class Supervisor: Sendable {
    private let channel: any ControlChannel
    /// How long a collective call may wait; nil for ever.
    private let timeout: Duration?
    private let host: String
    /// Prints the message that ends the job.
    private let announce: @Sendable (String) -> Void
    private let place = Mutex(Place())
    private let isEnding = Mutex(false)
    private let isStopped = Mutex(false)
    /// Whether the thread runs.
    private let isRunning = Mutex(false)
    private let runningChanged = ThreadCondition()
    /// When this rank ends the job itself because global zero did not do so after a report; nil without a report.
    private let deputyDeadline = Mutex<ContinuousClock.Instant?>(nil)

    /// When the thread looked last.
    private let lastLook = Mutex(ContinuousClock.now)

    private let takeProgress = Mutex<@Sendable (ProgressCounts.Count, Int) -> Void>({ _, _ in })

    /// How often the thread looks.
    private static let interval: UInt32 = 20_000
    /// How long one waits for the places of the others.
    private static let patience = Duration.seconds(1)
    /// How long others wait for global zero to act; the lowest rank that answers then speaks in its place.
    private var patienceWithZero: Duration { .seconds(2) + .milliseconds(300) * min(max(channel.rank - 1, 0), 8) }

    init(
        channel: any ControlChannel, timeout: Duration?, host: String, announce: @escaping @Sendable (String) -> Void
    ) {
        self.channel = channel
        self.timeout = timeout
        self.host = host
        self.announce = announce
    }

    /// Starts the thread, which hands on counts of progress that other ranks send.
    ///
    /// A job of one rank needs none.
    func start(takeProgress: @escaping @Sendable (ProgressCounts.Count, _ source: Int) -> Void) {
        guard channel.size > 1 else { return }
        self.takeProgress.withLock { $0 = takeProgress }
        isRunning.withLock { $0 = true }
        lastLook.withLock { $0 = .now }
        startThread { [self] in
            while !isStopped.withLock({ $0 }) {
                look()
                usleep(Self.interval)
            }
            runningChanged.change { isRunning.withLock { $0 = false } }
        }
    }

    /// Ends the thread, and waits until it makes no more calls of MPI.
    func stop() {
        isStopped.withLock { $0 = true }
        runningChanged.wait { isRunning.withLock { $0 } ? nil : () }
    }

    // MARK: - Places

    /// Notes that a collective call begins.
    func begin(_ kind: String, _ name: String, on track: Place.Track, isLimited: Bool = true) -> Place.Call {
        place.withLock { place in
            place[track].count += 1
            let call = Place.Call(
                number: place[track].count, kind: kind, name: name, track: track, isLimited: isLimited)
            place[track].call = (call, .now)
            return call
        }
    }

    /// Notes that the call is over.
    func end(_ call: Place.Call) {
        place.withLock { place in
            place[call.track].call = nil
            place[call.track].lastCall = call
        }
    }

    /// Notes what the rank works on outside of calls.
    func work(on work: String?) { place.withLock { $0.work = work } }

    /// Notes that the rank waits for something from another one, outside of calls; nil when it has come.
    func wait(for text: String?, on track: Place.Track) {
        place.withLock { $0[track].wait = text.map { ($0, .now) } }
    }

    /// Sends a message to another rank's supervisor.
    func send(_ message: ControlMessage, to destination: Int) { channel.send(message, to: destination) }

    private func placeText() -> String { place.withLock { $0.description(now: .now) } }

    // MARK: - Ending

    /// Tells all that this rank failed; the job ends.
    ///
    /// With MPI this does not return.
    func fail(_ text: String) {
        TemporaryFiles.awaitEndIfEnding()
        guard channel.size > 1 else { return announce(text) }
        let message = "[rank \(channel.rank) on \(host)] " + Self.shortened(text)
        if channel.rank == 0 { return end(announcing: message) }
        channel.send(.failure(message), to: 0)
        if !hasEnded(within: patienceWithZero) { end(announcing: message + "\n(rank 0 does not answer)") }
    }

    /// Very long messages are cut: what mpirun has not handed on when the job ends may be lost.
    private static func shortened(_ text: String) -> String {
        let limit = 16_384
        guard text.utf8.count > limit else { return text }
        let start = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
        return start + "… (\(text.utf8.count - limit) bytes more)"
    }

    /// Waits for others to end the job, which ends this process too; true if this returns because ranks are threads.
    private func hasEnded(within duration: Duration) -> Bool {
        let deadline = ContinuousClock.now + duration
        while ContinuousClock.now < deadline {
            if channel.hasEnded || isStopped.withLock({ $0 }) { return true }
            usleep(Self.interval)
        }
        return false
    }

    private func end(announcing message: String) {
        let isFirst = isEnding.withLock { isEnding in
            defer { isEnding = true }
            return !isEnding
        }
        if isFirst {
            // It takes a while until the last rank has been ended; none is to speak meanwhile.
            for rank in 0..<channel.size where rank != channel.rank { channel.send(.spoken, to: rank) }
            announce(message)
            channel.endJob()
        } else if !hasEnded(within: Self.patience) {
            // Another thread of this rank speaks and ends the job; this one must not go on meanwhile.
            channel.endJob()
        }
    }

    // MARK: - The thread

    private func look() {
        var messages: [(source: Int, message: ControlMessage)] = []
        while let message = channel.receive() { messages.append(message) }
        // A rank that was stopped and goes on must not say again what another one has said meanwhile. That it has done so may
        // come late, or not at all, as the job ends.
        if wasAway() {
            let deadline = ContinuousClock.now + Self.patience
            while !messages.contains(where: { $0.message == .spoken }), ContinuousClock.now < deadline,
                !channel.hasEnded, !isStopped.withLock({ $0 })
            {
                if let message = channel.receive() { messages.append(message) } else { usleep(Self.interval) }
            }
        }
        if messages.contains(where: { $0.message == .spoken }) { isEnding.withLock { $0 = true } }
        for (source, message) in messages { handle(message, from: source) }
        guard !isEnding.withLock({ $0 }), let timeout else { return }
        guard let wait = place.withLock({ $0.limitedWait(now: .now) }), wait.duration > timeout else {
            return deputyDeadline.withLock { $0 = nil }
        }
        let seconds = Double(timeout.components.seconds) + Double(timeout.components.attoseconds) / 1e18
        if channel.rank == 0 { return endForTimeout(call: wait.text, seconds: seconds) }
        let deadline = deputyDeadline.withLock { $0 }
        if deadline == nil {
            deputyDeadline.withLock { $0 = .now + patienceWithZero }
            channel.send(.timeout(call: wait.text, seconds: seconds), to: 0)
        } else if let deadline, ContinuousClock.now > deadline {
            endForTimeout(call: wait.text, seconds: seconds)
        }
    }

    /// Whether the thread has not looked for so long that others may have given this rank up.
    private func wasAway() -> Bool {
        lastLook.withLock { last in
            defer { last = .now }
            return ContinuousClock.now - last > .seconds(2)
        }
    }

    private func handle(_ message: ControlMessage, from source: Int) {
        switch message {
        case .failure(let text): if !isEnding.withLock({ $0 }) { end(announcing: text) }
        case .spoken:
            isEnding.withLock { $0 = true }
            channel.awaitEnd()
        case .timeout(let call, let seconds): endForTimeout(call: call, seconds: seconds)
        case .askPlace:
            channel.send(.place("rank \(channel.rank) on \(host) \(placeText())"), to: source)
            // The one who asks is about to end the job.
            deputyDeadline.withLock { if $0 != nil { $0 = .now + patienceWithZero } }
        case .place: break
        case .hold(let path): TemporaryFiles.add(path)
        case .release(let path): TemporaryFiles.remove(path)
        case .progress(let count): takeProgress.withLock { $0 }(count, source)
        }
    }

    /// Asks all ranks where they are, and ends the job with their answers.
    private func endForTimeout(call: String, seconds: Double) {
        guard !isEnding.withLock({ $0 }) else { return }
        var places: [Int: String] = [channel.rank: "rank \(channel.rank) on \(host) \(placeText())"]
        for rank in 0..<channel.size where rank != channel.rank { channel.send(.askPlace, to: rank) }
        let deadline = ContinuousClock.now + Self.patience
        while places.count < channel.size, ContinuousClock.now < deadline {
            guard let (source, message) = channel.receive() else {
                usleep(Self.interval / 4)
                continue
            }
            switch message {
            case .place(let text): places[source] = text
            // What failed says more than who waited for it.
            case .failure(let text): return end(announcing: text)
            case .timeout: break
            case .askPlace, .spoken, .hold, .release, .progress: handle(message, from: source)
            }
        }
        let texts = (0..<channel.size).map { places[$0] ?? "rank \($0) does not answer" }
        end(announcing: FabricError.timeout(call: call, seconds: seconds, places: texts).description)
    }
}
