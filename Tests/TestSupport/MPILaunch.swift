import Foundation

/// The right to start ranks: one job at a time, also beside the jobs of other suites and processes of tests.
package enum MPILaunch {
    package static let launcher = "/usr/bin/mpirun"
    package static let isAvailable = FileManager.default.isExecutableFile(atPath: launcher)
    package static let reason = "needs \(launcher) (Debian: openmpi-bin)"

    /// Does something while no other job runs.
    package static func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
        let lock = open(NSTemporaryDirectory() + "/fusion_bench-mpirun.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
        flock(lock, LOCK_EX)
        defer { close(lock) }
        return try body()
    }
}
