import Glibc
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

    /// How often the thread looks.
    private static let interval: UInt32 = 20_000
    /// How long global zero waits for the places of the others, and others for global zero.
    private static let patience = Duration.seconds(2)

    init(
        channel: any ControlChannel, timeout: Duration?, host: String, announce: @escaping @Sendable (String) -> Void
    ) {
        self.channel = channel
        self.timeout = timeout
        self.host = host
        self.announce = announce
    }

    /// Starts the thread.
    ///
    /// A job of one rank needs none.
    func start() {
        guard channel.size > 1 else { return }
        startThread { [self] in
            while !isStopped.withLock({ $0 }) {
                look()
                usleep(Self.interval)
            }
        }
    }

    /// Ends the thread.
    func stop() { isStopped.withLock { $0 = true } }

    // MARK: - Places

    /// Notes that a collective call begins.
    func begin(_ kind: String, _ name: String) -> Place.Call {
        place.withLock { place in
            place.count += 1
            let call = Place.Call(number: place.count, kind: kind, name: name)
            place.call = (call, .now)
            return call
        }
    }

    /// Notes that the call is over.
    func end(_ call: Place.Call) {
        place.withLock { place in
            place.call = nil
            place.lastCall = call
        }
    }

    /// Notes what the rank works on outside of calls.
    func work(on work: String?) { place.withLock { $0.work = work } }

    private func placeText() -> String { place.withLock { $0.description(now: .now) } }

    // MARK: - Ending

    /// Tells all that this rank failed; the job ends.
    ///
    /// With MPI this does not return.
    func fail(_ text: String) {
        let message = channel.size > 1 ? "[rank \(channel.rank) on \(host)] \(text)" : text
        guard channel.size > 1 else { return announce(message) }
        if channel.rank == 0 { return end(announcing: message) }
        channel.send(.failure(message), to: 0)
        endUnlessGlobalZeroDoes(message)
    }

    /// Waits for global zero to end the job, and ends it if that does not happen.
    private func endUnlessGlobalZeroDoes(_ message: String) {
        let deadline = ContinuousClock.now + Self.patience * 2
        while ContinuousClock.now < deadline {
            if channel.hasEnded || isStopped.withLock({ $0 }) { return }
            usleep(Self.interval)
        }
        end(announcing: message + "\n(rank 0 does not answer)")
    }

    private func end(announcing message: String) {
        let isFirst = isEnding.withLock { isEnding in
            defer { isEnding = true }
            return !isEnding
        }
        guard isFirst else { return }
        announce(message)
        channel.endJob()
    }

    // MARK: - The thread

    private func look() {
        while let (source, message) = channel.receive() { handle(message, from: source) }
        guard let timeout, let (call, since) = place.withLock({ $0.call }), since.duration(to: .now) > timeout,
            !isEnding.withLock({ $0 })
        else { return }
        let seconds = Double(timeout.components.seconds) + Double(timeout.components.attoseconds) / 1e18
        if channel.rank == 0 {
            endForTimeout(call: call.description, seconds: seconds)
        } else {
            isEnding.withLock { $0 = true }
            channel.send(.timeout(call: call.description, seconds: seconds), to: 0)
            startThread { [self] in
                let deadline = ContinuousClock.now + Self.patience * 3
                while ContinuousClock.now < deadline {
                    if channel.hasEnded { return }
                    usleep(Self.interval)
                }
                isEnding.withLock { $0 = false }
                end(
                    announcing: "[rank \(channel.rank) on \(host)] \(call.description) has waited for more than "
                        + "\(seconds) s, and rank 0 does not answer")
            }
        }
    }

    private func handle(_ message: ControlMessage, from source: Int) {
        switch message {
        case .failure(let text): end(announcing: text)
        case .timeout(let call, let seconds): endForTimeout(call: call, seconds: seconds)
        case .askPlace: channel.send(.place("rank \(channel.rank) on \(host) \(placeText())"), to: source)
        case .place: break
        }
    }

    /// Asks all ranks where they are, and ends the job with their answers.
    private func endForTimeout(call: String, seconds: Double) {
        guard !isEnding.withLock({ $0 }) else { return }
        var places: [Int: String] = [0: "rank 0 on \(host) \(placeText())"]
        for rank in 1..<channel.size { channel.send(.askPlace, to: rank) }
        let deadline = ContinuousClock.now + Self.patience
        while places.count < channel.size, ContinuousClock.now < deadline {
            if let (source, message) = channel.receive() {
                if case .place(let text) = message { places[source] = text }
            } else {
                usleep(Self.interval / 4)
            }
        }
        let texts = (0..<channel.size).map { places[$0] ?? "rank \($0) does not answer" }
        end(announcing: FabricError.timeout(call: call, seconds: seconds, places: texts).description)
    }
}

/// Starts a thread that nobody waits for.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    let code = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, box.toOpaque())
    if code == 0 {
        pthread_detach(thread)
    } else {
        box.release()
    }
}
