import Glibc

/// What started this process, as far as the environment tells.
public enum JobEnvironment: Equatable, Sendable {
    /// A user or a script: one process.
    case single
    /// A launcher of MPI: this process is a rank of a job.
    case rank
    /// Something started several tasks without the interface (PMIx) through which Open MPI would find the others.
    case tasksWithoutMPI(launcher: String, count: Int)

    /// What started this process.
    public static var current: JobEnvironment {
        var variables: [String: String] = [:]
        for name in names { variables[name] = getenv(name).map { String(cString: $0) } }
        return JobEnvironment(variables)
    }

    /// The number of this process among the ranks, which is known before MPI starts; nil without a launcher of MPI.
    public static var rankNumber: Int? {
        for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK"] {
            if let rank = getenv(name).flatMap({ Int(String(cString: $0)) }) { return rank }
        }
        return nil
    }

    private static let names = [
        "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE", "SLURM_STEP_ID", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS",
    ]

    /// Looks at the variables that mpirun, srun and other launchers set.
    public init(_ variables: [String: String]) {
        func number(_ name: String) -> Int? { variables[name].flatMap { Int($0) } }
        let isSlurm = variables["SLURM_STEP_ID"] != nil
        if number("OMPI_COMM_WORLD_SIZE") != nil || number("PMIX_RANK") != nil {
            self = .rank
        } else if isSlurm, let tasks = number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS"), tasks > 1 {
            self = .tasksWithoutMPI(launcher: "srun", count: tasks)
        } else if let tasks = number("PMI_SIZE"), tasks > 1 {
            self = .tasksWithoutMPI(launcher: "The launcher of another MPI", count: tasks)
        } else {
            self = .single
        }
    }
}
