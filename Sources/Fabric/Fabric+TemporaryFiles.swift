extension Fabric {
    /// Notes a file that must not outlive this job, before it is made.
    ///
    /// The next rank notes it too, and removes it if this one is killed in a way that it cannot notice. It takes that rank
    /// a moment (some 20 ms) to know.
    ///
    /// - Parameter path: An absolute path.
    public func holdTemporaryFile(_ path: String) {
        TemporaryFiles.add(path)
        if worldSize > 1 { supervisor.send(.hold(path), to: (rank + 1) % worldSize) }
    }

    /// Forgets a file that has its final name now, or is gone.
    public func releaseTemporaryFile(_ path: String) {
        TemporaryFiles.remove(path)
        if worldSize > 1 { supervisor.send(.release(path), to: (rank + 1) % worldSize) }
    }
}
