/// A job whose ranks are threads of this process: for tests of everything that runs on ranks.
package struct InProcessJob: Sendable {
    /// The ranks' communicators.
    package let communicators: [InProcessCommunicator]
    private let channels: [InProcessControlChannel]
    private let announce: @Sendable (String) -> Void

    /// A job of some ranks.
    ///
    /// - Parameters:
    ///   - size: The number of ranks.
    ///   - announce: Takes the message that ends the job, if one does.
    package init(size: Int, announce: @escaping @Sendable (String) -> Void = { _ in }) {
        let communicators = InProcessCommunicator.ranks(size)
        self.communicators = communicators
        channels = InProcessControlChannel.channels(size) { communicators.first?.abort() }
        self.announce = announce
    }

    /// What one rank does with the job; others do the same on threads of their own.
    ///
    /// - Throws: An error of `body`, after which the other ranks end too.
    package func run<Result>(
        _ rank: Int, _ configuration: FabricConfiguration, largestCount: Int = 1 << 30,
        _ body: (Fabric) throws -> Result
    ) throws -> Result {
        do {
            let fabric = try Fabric(
                configuration, communicator: communicators[rank], channel: channels[rank],
                largestCount: largestCount, announce: announce)
            defer { fabric.supervisor.stop() }
            return try body(fabric)
        } catch {
            communicators[rank].abort()
            throw error
        }
    }
}
