package import Fabric
import Foundation

/// Runs a body on a thread for each rank and waits for all of them; throws the first error.
package func withRanks<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (InProcessCommunicator) throws -> Result
) throws -> [Result] {
    let ranks = InProcessCommunicator.ranks(count)
    return try onThreads(count) { rank in
        do {
            return try body(ranks[rank])
        } catch {
            ranks[rank].abort()
            throw error
        }
    }
}

/// Runs a body on some threads and waits for all of them; throws the first error.
private func onThreads<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) throws -> [Result] {
    let results = Collected<Swift.Result<Result, any Error>>(count: count)
    let threads = (0..<count).map { rank in
        Thread { results.set(rank, Swift.Result { try body(rank) }) }
    }
    for thread in threads { thread.start() }
    return try results.wait().map { try $0.get() }
}

/// One value from each of several threads.
private final class Collected<Value>: @unchecked Sendable {
    private let condition = NSCondition()
    private var values: [Value?]

    init(count: Int) {
        values = Array(repeating: nil, count: count)
    }

    func set(_ index: Int, _ value: Value) {
        condition.withLock {
            values[index] = value
            condition.broadcast()
        }
    }

    func wait() -> [Value] {
        condition.withLock {
            while values.contains(where: { $0 == nil }) { condition.wait() }
            return values.compactMap { $0 }
        }
    }
}

/// Runs a body with a fabric for each rank, each a thread.
package func withFabrics<Result: Sendable>(
    _ count: Int, threads: Int = 1, timeout: Double? = 30, largestCount: Int = 1 << 30,
    announced: @escaping @Sendable (String) -> Void = { _ in },
    _ body: @escaping @Sendable (Fabric) throws -> Result
) throws -> [Result] {
    let job = InProcessJob(size: count, announce: announced)
    return try onThreads(count) { rank in
        var configuration = FabricConfiguration()
        configuration.threadCount = threads
        configuration.timeout = timeout
        configuration.checksCalls = true
        configuration.isQuiet = true
        return try job.run(rank, configuration, largestCount: largestCount, body)
    }
}
