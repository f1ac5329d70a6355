/// The results of units on their way between ranks.
extension CallSequence {
    private static let unitTag = 2
    /// Says that the receiver of a long result waits for it.
    private static let readinessTag = 3
    /// Results of up to so many bytes leave without a question: MPI keeps them until they are received.
    private static let largestUnasked = 2048

    /// Sends the result of a unit, of any length.
    ///
    /// A long one leaves when it is waited for: until then MPI would keep a core busy.
    func sendUnit(_ bytes: [UInt8], to destination: Int) throws {
        try withUnsafeBytes(of: Int64(bytes.count)) { try communicator.send($0, to: destination, tag: Self.unitTag) }
        if bytes.count > Self.largestUnasked {
            try communicator.awaitMessage(from: destination, tag: Self.readinessTag)
            var nothing: [UInt8] = []
            try nothing.withUnsafeMutableBytes {
                try communicator.receive(into: $0, from: destination, tag: Self.readinessTag)
            }
        }
        try bytes.withUnsafeBytes { try send(pieces: $0, to: destination, tag: Self.unitTag) }
    }

    /// Receives the result of a unit; a wait that takes too long is reported as that of a collective call is.
    func receiveUnit(from source: Int, _ what: String) throws -> [UInt8] {
        supervisor.wait(for: what, on: track)
        defer { supervisor.wait(for: nil, on: track) }
        try communicator.awaitMessage(from: source, tag: Self.unitTag)
        var count = Int64(0)
        try withUnsafeMutableBytes(of: &count) { try communicator.receive(into: $0, from: source, tag: Self.unitTag) }
        if count > Self.largestUnasked {
            try [UInt8]().withUnsafeBytes { try communicator.send($0, to: source, tag: Self.readinessTag) }
        }
        return try Self.array(Int(count)) { try receive(pieces: $0, from: source, tag: Self.unitTag) }
    }
}

/// The results that leave a rank for global zero: sent in the background, a few at a time.
struct UnitDepartures {
    /// Results that may be on their way at once, so that memory stays bounded.
    private static let limit = 2

    private let fabric: Fabric
    private var pending: [PendingCall<Void>] = []

    init(fabric: Fabric) {
        self.fabric = fabric
    }

    mutating func send(_ bytes: [UInt8]) throws {
        if pending.count == Self.limit { try pending.removeFirst().wait() }
        let sequence = fabric.background
        pending.append(fabric.backgroundCalls.begin { try sequence.sendUnit(bytes, to: 0) })
    }

    /// Waits until all have left.
    mutating func finish() throws {
        for call in pending { try call.wait() }
        pending = []
    }
}

/// The results that come to global zero: received in the background, a few ahead of the one that is delivered.
struct UnitArrivals<Result: FabricTransferable> {
    /// Results that may wait here, so that memory stays bounded.
    private static var limit: Int { 2 }

    private let name: String
    private let owners: [Int]
    private let fabric: Fabric
    /// The next unit that has not been asked for.
    private var unit = 0
    private var pending: [PendingCall<Result>] = []

    init(_ name: String, owners: [Int], fabric: Fabric) {
        self.name = name
        self.owners = owners
        self.fabric = fabric
    }

    /// The result of the next unit that another rank does.
    mutating func next() throws -> Result {
        while pending.count < Self.limit, let unit = owners[unit...].firstIndex(where: { $0 != 0 }) {
            let (source, what) = (owners[unit], "unit \(unit) of '\(name)' on rank \(owners[unit])")
            let sequence = fabric.background
            pending.append(
                fabric.backgroundCalls.begin {
                    Result(fabricBytes: try sequence.receiveUnit(from: source, what))
                })
            self.unit = unit + 1
        }
        return try pending.removeFirst().wait()
    }
}
