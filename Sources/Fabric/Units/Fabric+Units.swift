import OperatingSystem

extension Fabric {
    /// Works through units, spread over ranks by cost and over the threads of each rank, and delivers the results on global
    /// zero in the order of units.
    ///
    /// Computing, sending and delivering overlap. The units and their order must be the same on all ranks; the results do
    /// not depend on the number of ranks and threads.
    ///
    /// - Parameters:
    ///   - name: The name of the work, for messages.
    ///   - units: What is to be done.
    ///   - cost: The time that a unit takes, in any measure.
    ///   - work: Does one unit; runs on several threads at once.
    ///   - deliver: Takes the results one after another, on global zero only.
    /// - Throws: The first error of a unit, in the order of units of a rank, or an error of `deliver`.
    public func run<Unit: Sendable, Result: FabricTransferable>(
        _ name: String, units: [Unit], cost: (Unit) -> Double, work: @escaping @Sendable (Unit) throws -> Result,
        deliver: (Int, Result) throws -> Void
    ) throws {
        let owners = UnitAssignment.balanced(costs: units.map(cost), ranks: worldSize)
        try foreground.collective("units", name) {}
        try withWorkers(name, units: units, owners: owners, work: work) { workers in
            if isGlobalZero {
                var arrivals = UnitArrivals<Result>(name, owners: owners, fabric: self)
                for unit in units.indices {
                    try deliver(unit, owners[unit] == 0 ? try workers.take() : try arrivals.next())
                }
            } else {
                var departures = UnitDepartures(fabric: self)
                for _ in 0..<owners.count(where: { $0 == rank }) {
                    try departures.send(try workers.take().fabricBytes)
                }
                try departures.finish()
            }
        }
        try foreground.collective("end of units", name) {}
    }

    /// Works through units that leave their results where they are, spread over ranks by cost and over the threads of each
    /// rank.
    ///
    /// - Parameters:
    ///   - name: The name of the work, for messages.
    ///   - units: What is to be done; the same on all ranks.
    ///   - cost: The time that a unit takes, in any measure.
    ///   - work: Does one unit; runs on several threads at once.
    /// - Throws: The first error of a unit, in the order of units of a rank.
    public func visit<Unit: Sendable>(
        _ name: String, units: [Unit], cost: (Unit) -> Double, work: @escaping @Sendable (Unit) throws -> Void
    ) throws {
        let owners = UnitAssignment.balanced(costs: units.map(cost), ranks: worldSize)
        try foreground.collective("units", name) {}
        try withWorkers(name, units: units, owners: owners, work: work) { workers in
            for _ in 0..<owners.count(where: { $0 == rank }) { try workers.take() }
        }
        try foreground.collective("end of units", name) {}
    }

    /// The results of units on all ranks, in the order of units.
    ///
    /// - Parameters:
    ///   - name: The name of the work, for messages.
    ///   - units: What is to be done; the same on all ranks.
    ///   - cost: The time that a unit takes, in any measure.
    ///   - work: Does one unit; runs on several threads at once. Its result is small, for all are held at once.
    /// - Returns: One list of elements for each unit.
    /// - Throws: The first error of a unit, in the order of units of a rank.
    public func collect<Unit: Sendable, Element: FabricElement>(
        _ name: String, units: [Unit], cost: (Unit) -> Double, work: @escaping @Sendable (Unit) throws -> [Element]
    ) throws -> [[Element]] {
        var results: [[Element]] = []
        try run(name, units: units, cost: cost, work: work) { results.append($1) }
        guard worldSize > 1 else { return results }
        let counts = [Int64](fabricBytes: try broadcast(results.map { Int64($0.count) }.fabricBytes, name))
        let elements = [Element](fabricBytes: try broadcast(results.flatMap { $0 }.fabricBytes, name))
        var start = 0
        return counts.map { count in
            defer { start += Int(count) }
            return Array(elements[start..<(start + Int(count))])
        }
    }

    /// Combines the results of units in a fixed binary tree over their numbers: the same bits for any number of ranks and
    /// threads.
    ///
    /// - Parameters:
    ///   - name: The name of the work, for messages.
    ///   - units: What is to be done; the same on all ranks.
    ///   - cost: The time that a unit takes, in any measure.
    ///   - work: Does one unit; runs on several threads at once.
    ///   - combine: Joins the results of two neighbouring parts of the tree, the left one first.
    /// - Returns: The result on all ranks; nil without units.
    /// - Throws: The first error of a unit, or of `combine`.
    public func reduce<Unit: Sendable, Value: FabricTransferable>(
        _ name: String, units: [Unit], cost: (Unit) -> Double, work: @escaping @Sendable (Unit) throws -> Value,
        combine: (Value, Value) throws -> Value
    ) throws -> Value? {
        guard !units.isEmpty else { return nil }
        let owners = UnitAssignment.contiguous(costs: units.map(cost), ranks: worldSize)
        try foreground.collective("reduction of units", name) {}
        var total: Value?
        try withWorkers(name, units: units, owners: owners, work: work) { workers in
            total = try reduce(0..<units.count, owners, workers, combine)
        }
        // If one rank owns all units, no other one has the result.
        let root = owners[0] == owners[owners.count - 1] ? owners[0] : 0
        let bytes = try broadcast(total?.fabricBytes ?? [], from: root, name)
        return Value(fabricBytes: bytes)
    }

    /// The value of a part of the tree: on its owner if one rank owns all of it, otherwise on global zero; nil elsewhere.
    private func reduce<Value: FabricTransferable>(
        _ range: Range<Int>, _ owners: [Int], _ workers: OrderedWorkers<Value>,
        _ combine: (Value, Value) throws -> Value
    ) throws -> Value? {
        let first = owners[range.lowerBound]
        let isWhole = first == owners[range.upperBound - 1]
        if isWhole, first == rank { return try reduceOwned(range, workers, combine) }
        if isWhole { return nil }
        let middle = Self.middle(of: range)
        var values: [Value] = []
        for part in [range.lowerBound..<middle, middle..<range.upperBound] {
            let value = try reduce(part, owners, workers, combine)
            let owner = owners[part.lowerBound]
            let travels = owner == owners[part.upperBound - 1] && owner != 0
            if travels, rank == owner, let value { try foreground.sendUnit(value.fabricBytes, to: 0) }
            if isGlobalZero {
                if travels {
                    let what = "units \(part.lowerBound) to \(part.upperBound - 1) on rank \(owner)"
                    values.append(Value(fabricBytes: try foreground.receiveUnit(from: owner, what)))
                } else if let value {
                    values.append(value)
                }
            }
        }
        guard values.count == 2 else { return nil }
        return try combine(values[0], values[1])
    }

    private func reduceOwned<Value: FabricTransferable>(
        _ range: Range<Int>, _ workers: OrderedWorkers<Value>, _ combine: (Value, Value) throws -> Value
    ) throws -> Value {
        if range.count == 1 { return try workers.take() }
        let middle = Self.middle(of: range)
        let left = try reduceOwned(range.lowerBound..<middle, workers, combine)
        return try combine(left, try reduceOwned(middle..<range.upperBound, workers, combine))
    }

    /// Where the tree divides: the left part is the largest power of two below the length.
    private static func middle(of range: Range<Int>) -> Int {
        var left = 1
        while left * 2 < range.count { left *= 2 }
        return range.lowerBound + left
    }

    private func withWorkers<Unit: Sendable, Value: Sendable>(
        _ name: String, units: [Unit], owners: [Int], work: @escaping @Sendable (Unit) throws -> Value,
        _ body: (OrderedWorkers<Value>) throws -> Void
    ) throws {
        let own = units.indices.filter { owners[$0] == rank }
        supervisor.work(on: "units of '\(name)'")
        defer { supervisor.work(on: nil) }
        let workers = OrderedWorkers(count: own.count, threads: threadCount) { position in
            let number = own[position]
            do {
                return try work(units[number])
            } catch let error as FabricError {
                throw error
            } catch {
                throw FabricError.unit(name: name, number: number, reason: "\(error)")
            }
        }
        defer { workers.cancel() }
        try body(workers)
    }
}
