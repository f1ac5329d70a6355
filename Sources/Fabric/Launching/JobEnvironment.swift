import Glibc

/// What started this process, as far as the environment tells.
public enum JobEnvironment: Equatable, Sendable {
    /// A user or a script: one process.
    case single
    /// A launcher of MPI: this process is a rank of a job.
    case rank
    /// Slurm's srun started several tasks without the interface through which MPI would find the others.
    case tasksWithoutMPI(Int)

    /// What started this process.
    public static var current: JobEnvironment {
        var variables: [String: String] = [:]
        for name in names { variables[name] = getenv(name).map { String(cString: $0) } }
        return JobEnvironment(variables)
    }

    private static let names = [
        "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "SLURM_STEP_ID", "SLURM_STEP_NUM_TASKS", "SLURM_NTASKS",
    ]

    /// Looks at the variables that mpirun, srun and other launchers set.
    public init(_ variables: [String: String]) {
        func number(_ name: String) -> Int? { variables[name].flatMap { Int($0) } }
        if number("OMPI_COMM_WORLD_SIZE") != nil || number("PMIX_RANK") != nil || number("PMI_RANK") != nil {
            self = .rank
        } else if variables["SLURM_STEP_ID"] != nil,
            let tasks = number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS"),
            tasks > 1
        {
            self = .tasksWithoutMPI(tasks)
        } else {
            self = .single
        }
    }
}
