extension Fabric {
    /// Tells all ranks that this one failed before the ranks have met, and ends the job.
    ///
    /// They meet to say it once. If the others do not come within seconds, this rank speaks alone. With several ranks
    /// this does not return.
    ///
    /// - Throws: `FabricError` if MPI cannot be started.
    public static func fail(beforeStart message: String) throws {
        var configuration = FabricConfiguration()
        configuration.timeout = 3
        try Fabric(mpi: configuration, failure: message).fail(message)
    }

    /// Whether a flag is set on any rank.
    ///
    /// A rank that checks calls makes more of them than the others expect, so all must do as one of them wants.
    static func isTrueSomewhere(_ flag: Bool, _ communicator: MPICommunicator) throws -> Bool {
        var flags: [Int64] = [flag ? 1 : 0]
        try flags.withUnsafeMutableBufferPointer { try communicator.allReduce($0, .max) }
        return flags[0] == 1
    }
}
