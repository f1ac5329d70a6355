/// Threads of one rank that work through its units, and hand out the results in order.
///
/// Threads may run ahead of the one who takes results by a few units only, so that memory stays bounded.
final class UnitWorkers<Result: Sendable>: @unchecked Sendable {
    private let condition = ThreadCondition()
    private let work: @Sendable (Int) throws -> Result
    /// The units of this rank, in rising order.
    private let units: [Int]
    private let window: Int

    // Guarded by the condition.
    private var next = 0
    private var taken = 0
    private var results: [Int: Swift.Result<Result, any Error>] = [:]
    private var isCancelled = false
    private var running = 0

    init(units: [Int], threads: Int, work: @escaping @Sendable (Int) throws -> Result) {
        self.units = units
        self.work = work
        window = threads * 2
        for _ in 0..<min(threads, units.count) {
            running += 1
            startThread { [self] in
                while step() {}
                condition.change { running -= 1 }
            }
        }
    }

    /// The result of the next unit of this rank.
    ///
    /// - Throws: The error of the unit's work; all other work is then cancelled.
    func take() throws -> Result {
        let position = taken
        let result = condition.wait { results.removeValue(forKey: position) }
        condition.change {
            taken += 1
            if case .failure = result { isCancelled = true }
        }
        return try result.get()
    }

    /// Stops the threads after the units that they are at, and waits for them.
    func cancel() {
        condition.change { isCancelled = true }
        condition.wait { running == 0 ? () : nil }
    }

    /// Works on one unit; false if there is none left.
    private func step() -> Bool {
        let position: Int? = condition.wait {
            if isCancelled || next >= units.count { return .some(nil) }
            // Waits while too far ahead.
            guard next < taken + window else { return nil }
            next += 1
            return next - 1
        }
        guard let position else { return false }
        let result = Swift.Result { try work(units[position]) }
        condition.change {
            results[position] = result
            if case .failure = result { next = units.count }
        }
        return true
    }
}
