import OperatingSystem
import Synchronization

/// The thread that makes a rank's collective calls in the background, one after another in the order they were begun in.
///
/// A thread of ours, and not MPI's non-blocking calls: those make progress only while some call of MPI runs, so that a
/// long message would wait for the end of the computation that it is to overlap with.
final class BackgroundCalls: Sendable {
    private struct State {
        var queue: [@Sendable () -> Void] = []
        var isRunning = false
        /// Errors that no `wait` has thrown yet, by the number of the call.
        var failures: [Int: any Error] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let changed = ThreadCondition()

    /// Begins a call after those that were begun before.
    func begin<Value: Sendable>(_ call: @escaping @Sendable () throws -> Value) -> PendingCall<Value> {
        let number = state.withLock { state in
            state.count += 1
            return state.count
        }
        let pending = PendingCall<Value>(number: number, calls: self)
        let starts = changed.change {
            state.withLock { state in
                state.queue.append { [self] in end(pending, with: Result(catching: call)) }
                defer { state.isRunning = true }
                return !state.isRunning
            }
        }
        if starts { startThread { [self] in work() } }
        return pending
    }

    private func end<Value>(_ pending: PendingCall<Value>, with result: Result<Value, any Error>) {
        changed.change {
            if case .failure(let error) = result { state.withLock { $0.failures[pending.number] = error } }
            pending.set(result)
        }
    }

    /// The thread ends when there is nothing left to do; the next call starts another.
    private func work() {
        while true {
            let next = changed.change {
                state.withLock { state -> (@Sendable () -> Void)? in
                    guard state.queue.isEmpty else { return state.queue.removeFirst() }
                    state.isRunning = false
                    return nil
                }
            }
            guard let next else { return }
            next()
        }
    }

    fileprivate func wait<Value>(_ number: Int, for answer: () -> Result<Value, any Error>?) throws -> Value {
        let result = changed.wait(for: answer)
        state.withLock { $0.failures[number] = nil }
        return try result.get()
    }

    /// Waits until all calls are over.
    ///
    /// - Throws: The first error that nobody has waited for.
    func finish() throws {
        changed.wait { state.withLock { $0.isRunning ? nil : () } }
        let failures = state.withLock { $0.failures }
        if let first = failures.min(by: { $0.key < $1.key }) { throw first.value }
    }
}

/// A collective call that goes on in the background.
///
/// The program goes on, and asks for the result when it needs it. An error that nobody waits for ends the job when it
/// finishes.
public final class PendingCall<Value: Sendable>: Sendable {
    fileprivate let number: Int
    private let calls: BackgroundCalls
    private let result = Mutex<Result<Value, any Error>?>(nil)

    fileprivate init(number: Int, calls: BackgroundCalls) {
        self.number = number
        self.calls = calls
    }

    fileprivate func set(_ result: Result<Value, any Error>) { self.result.withLock { $0 = result } }

    /// Whether the result is there.
    public var isDone: Bool { result.withLock { $0 != nil } }

    /// Waits for the result.
    ///
    /// - Throws: The error of the call.
    public func wait() throws -> Value { try calls.wait(number) { result.withLock { $0 } } }
}
