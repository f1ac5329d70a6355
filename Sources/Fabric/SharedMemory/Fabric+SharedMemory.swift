extension Fabric {
    /// Memory for what all ranks need and the ranks of a host can make together.
    ///
    /// All ranks ask together. If on any host it cannot be shared, each rank gets memory of its own, as if it were alone on
    /// its host: callers look at `SharedMemory.ranks`.
    ///
    /// - Parameters:
    ///   - byteCount: Its size; the same on all ranks.
    ///   - name: The name of the call.
    /// - Returns: This rank's view of it.
    /// - Throws: `FabricError` if ranks are at different calls, or there is no memory.
    public func sharedMemory(byteCount: Int, _ name: String) throws -> SharedMemory {
        try sharedMemory(byteCount: byteCount, name, host: HostIdentity.current)
    }

    /// As above; tests let ranks of one host be on several, and files not be made.
    func sharedMemory(
        byteCount: Int, _ name: String, host: String,
        makeFile: (_ byteCount: Int) -> MemoryFile? = { MemoryFile(byteCount: $0) }
    ) throws -> SharedMemory {
        let hosts = worldSize > 1 ? try allGather(Array(host.utf8), name) : [Array(host.utf8)]
        let neighbours = hosts.indices.filter { hosts[$0] == hosts[rank] }
        guard Set(hosts).count < worldSize else { return try .own(byteCount: byteCount, rank: rank) }
        var file: MemoryFile?
        defer { file?.close() }
        if neighbours.count > 1, neighbours[0] == rank { file = makeFile(byteCount) }
        let tickets = try allGather([file?.ticket ?? .none], name)
        if neighbours[0] != rank { file = MemoryFile(tickets[neighbours[0]][0]) }
        let mapped = file?.mapped(byteCount: byteCount)
        let shared = mapped.map { SharedMemory($0, ranks: neighbours, rank: rank) }
        // After this nobody opens a file any more.
        var isShared: [Int64] = [shared != nil || neighbours.count == 1 ? 1 : 0]
        try allReduce(&isShared, .min, name)
        if isShared[0] == 1, let shared { return shared }
        return try .own(byteCount: byteCount, rank: rank)
    }
}
