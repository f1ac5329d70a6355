/// Threads that work through numbered pieces of work, and hand out the results in order.
///
/// Threads may run ahead of the one who takes results by a few pieces only, so that memory stays bounded.
///
/// ```swift
/// let workers = OrderedWorkers(count: 10, threads: 2) { try load($0) }
/// defer { workers.cancel() }
/// for _ in 0..<10 { use(try workers.take()) }
/// ```
public final class OrderedWorkers<Result: Sendable>: @unchecked Sendable {
    private let condition = ThreadCondition()
    private let work: @Sendable (Int) throws -> Result
    private let count: Int
    private let window: Int

    // Guarded by the condition.
    private var next = 0
    private var taken = 0
    private var results: [Int: Swift.Result<Result, any Error>] = [:]
    private var isCancelled = false
    private var running = 0

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: The number of pieces.
    ///   - threads: How many threads work on them.
    ///   - window: How many pieces may be begun before the first of them is taken; nil for two a thread.
    ///   - work: Makes the result of a piece, on any of the threads.
    public init(count: Int, threads: Int, window: Int? = nil, work: @escaping @Sendable (Int) throws -> Result) {
        self.count = count
        self.work = work
        self.window = max(1, window ?? threads * 2)
        for _ in 0..<min(threads, count) {
            running += 1
            startThread { [self] in
                while step() {}
                condition.change { running -= 1 }
            }
        }
    }

    /// The result of the next piece.
    ///
    /// - Throws: The error of its work; all other work is then cancelled.
    public func take() throws -> Result {
        let position = taken
        let result = condition.wait { results.removeValue(forKey: position) }
        condition.change {
            taken += 1
            if case .failure = result { isCancelled = true }
        }
        return try result.get()
    }

    /// Lets the threads stop after the pieces that they are at; no more results are taken.
    public func stop() {
        condition.change { isCancelled = true }
    }

    /// Stops the threads, and waits for them.
    public func cancel() {
        stop()
        condition.wait { running == 0 ? () : nil }
    }

    /// Works on one piece; false if there is none left.
    private func step() -> Bool {
        let position: Int? = condition.wait {
            if isCancelled || next >= count { return .some(nil) }
            // Waits while too far ahead.
            guard next < taken + window else { return nil }
            next += 1
            return next - 1
        }
        guard let position else { return false }
        let result = Swift.Result { try work(position) }
        condition.change {
            results[position] = result
            if case .failure = result { next = count }
        }
        return true
    }
}
