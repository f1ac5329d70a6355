import Fabric
import Foundation
import Testing

/// Runs a body on a thread for each rank and waits for all of them; throws the first error.
func withRanks<Result: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (InProcessCommunicator) throws -> Result
) throws -> [Result] {
    let ranks = InProcessCommunicator.ranks(count)
    let results = Collected<Swift.Result<Result, any Error>>(count: count)
    let threads = ranks.map { communicator in
        Thread {
            let result = Swift.Result { try body(communicator) }
            if case .failure = result { communicator.abort() }
            results.set(communicator.rank, result)
        }
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
