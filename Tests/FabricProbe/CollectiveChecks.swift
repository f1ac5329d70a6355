import Fabric

/// Every collective call against a reference that each rank computes alone.
struct CollectiveChecks {
    let fabric: Fabric

    private var size: Int { fabric.worldSize }

    /// Runs all checks with each of some numbers of elements.
    func run(_ counts: [Int]) throws {
        try fabric.barrier("start")
        for count in counts {
            try checkReductions(count, Int64.self) { Int64($0) }
            try checkReductions(count, Float.self) { Float($0) }
            try checkReductions(count, Double.self) { Double($0) }
            for root in Set([0, size / 2, size - 1]).sorted() {
                try checkCopies(count, root: root)
                try checkGathers(count, root: root, UInt8.self) { UInt8(truncatingIfNeeded: $0) }
                try checkGathers(count, root: root, Int32.self) { Int32($0) }
                try checkGathers(count, root: root, Float.self) { Float($0) }
                try checkGathers(count, root: root, Double.self) { Double($0) }
            }
        }
        try checkSharedMemory()
        try fabric.barrier("end")
        fabric.print("ok \(size)")
    }

    /// All ranks of this host write to the same memory.
    private func checkSharedMemory() throws {
        let memory = try fabric.sharedMemory(byteCount: 3 * 4096 * size, "shared memory")
        try expect(memory.ranks == Array(0..<size) && memory.position == fabric.rank, "ranks of shared memory")
        for place in 0..<3 * 4096 { memory.bytes[place * size + fabric.rank] = UInt8(fabric.rank + 1) }
        try fabric.barrier("written")
        try expect(memory.bytes.indices.allSatisfy { memory.bytes[$0] == UInt8($0 % size + 1) }, "shared memory")
        try fabric.barrier("read")
    }

    /// Messages of more than 2³¹ elements; by hand, because two ranks need 9 GB.
    func runLarge() throws {
        let count = (1 << 31) + 5
        var bytes = fabric.isGlobalZero ? [UInt8](repeating: 7, count: count) : []
        bytes = try fabric.broadcast(bytes, "large")
        try expect(bytes.count == count && bytes[0] == 7 && bytes[count - 1] == 7, "broadcast")
        bytes[count - 1] = UInt8(fabric.rank + 1)
        let gathered = try fabric.gather(fabric.rank == 1 ? bytes : [], "large")
        try expect(gathered.map { $0[1].count == count && $0[1][count - 1] == 2 } ?? true, "gather")
        fabric.print("ok \(size)")
    }

    /// A number that depends on rank and place; small, so that sums are exact in every type.
    private func number(_ rank: Int, _ index: Int) -> Int { (rank * 31 + index * 17) % 101 - 50 }

    /// Uneven shares: none on every third rank.
    private func share(_ rank: Int, _ count: Int) -> Int { rank % 3 == 1 ? 0 : count / (rank + 1) }

    private func expect(_ condition: Bool, _ what: String) throws {
        if !condition { throw ProbeError("\(what): wrong result on rank \(fabric.rank)") }
    }

    private func checkReductions<Scalar: FabricScalar>(
        _ count: Int, _ type: Scalar.Type, _ scalar: (Int) -> Scalar
    ) throws {
        let operations: [(Reduction, ([Int]) -> Int)] = [
            (.sum, { $0.reduce(0, +) }), (.min, { $0.min() ?? 0 }), (.max, { $0.max() ?? 0 }),
        ]
        for (reduction, reference) in operations {
            let expected = (0..<count).map { index in scalar(reference((0..<size).map { number($0, index) })) }
            let name = "\(reduction) of \(count) \(type)"
            let own = (0..<count).map { scalar(number(fabric.rank, $0)) }
            let pending = fabric.beginAllReduce(own, reduction, name)
            var values = own
            try fabric.allReduce(&values, reduction, name)
            try expect(values == expected, "all-reduce, \(name)")
            try expect(try pending.wait() == expected, "all-reduce in the background, \(name)")

            var counts = (0..<size).map { share($0, count) / size }
            counts[size - 1] += count - counts.reduce(0, +)
            let start = counts[..<fabric.rank].reduce(0, +)
            let part = try fabric.reduceScatter(own, counts: counts, reduction, name)
            try expect(part == Array(expected[start..<(start + counts[fabric.rank])]), "reduce-scatter, \(name)")
        }
    }

    private func checkCopies(_ count: Int, root: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: number(root, $0)) }
        let pending = fabric.beginBroadcast(fabric.rank == root ? bytes : [], from: root, "\(count) bytes")
        let copied = try fabric.broadcast(fabric.rank == root ? bytes : [], from: root, "\(count) bytes")
        try expect(try pending.wait() == bytes, "broadcast of \(count) bytes from \(root) in the background")
        try expect(copied == bytes, "broadcast of \(count) bytes from \(root)")
    }

    private func checkGathers<Element: BitwiseCopyable & Equatable & Sendable>(
        _ count: Int, root: Int, _ type: Element.Type, _ element: (Int) -> Element
    ) throws {
        let parts = (0..<size).map { rank in (0..<share(rank, count)).map { element(number(rank, $0)) } }
        let name = "\(count) \(type) to \(root)"
        let own = parts[fabric.rank]
        let gathered = try fabric.gather(own, to: root, name)
        try expect(gathered == (fabric.rank == root ? parts : nil), "gather, \(name)")
        let pending = (fabric.beginGather(own, to: root, name), fabric.beginAllGather(own, name))
        try expect(try pending.0.wait() == gathered, "gather in the background, \(name)")
        try expect(try pending.1.wait() == parts, "all-gather in the background, \(name)")
        try expect(try fabric.allGather(own, name) == parts, "all-gather, \(name)")

        var flat: [Element] = []
        if fabric.rank == root { flat = Array(repeating: element(0), count: parts.reduce(0) { $0 + $1.count }) }
        try own.withUnsafeBufferPointer { values in
            try flat.withUnsafeMutableBufferPointer {
                try fabric.gather(values, counts: parts.map(\.count), into: $0, to: root, name)
            }
        }
        try expect(flat == (fabric.rank == root ? Array(parts.joined()) : []), "gather into a buffer, \(name)")
    }
}
