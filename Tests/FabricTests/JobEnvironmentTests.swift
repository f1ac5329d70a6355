import Fabric
import Testing

@Suite("What started the process")
struct JobEnvironmentTests {
    @Test(
        "Launchers are known by their variables",
        arguments: [
            ([:], JobEnvironment.single),
            (["OMPI_COMM_WORLD_SIZE": "2"], .rank),
            (["PMIX_RANK": "0", "SLURM_STEP_ID": "0", "SLURM_NTASKS": "2"], .rank),
            (["SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "1", "SLURM_NTASKS": "4"], .single),
            (["SLURM_STEP_ID": "0", "SLURM_NTASKS": "4"], .tasksWithoutMPI(launcher: "srun", count: 4)),
            // In an allocation, but outside of a step.
            (["SLURM_NTASKS": "4"], .single),
            // srun --mpi=pmi2, of which Debian's Open MPI knows nothing.
            (
                ["PMI_RANK": "1", "PMI_SIZE": "2", "SLURM_STEP_ID": "0", "SLURM_NTASKS": "2"],
                .tasksWithoutMPI(launcher: "srun", count: 2)
            ),
            (["PMI_RANK": "1", "PMI_SIZE": "3"], .tasksWithoutMPI(launcher: "The launcher of another MPI", count: 3)),
            (["OMPI_COMM_WORLD_SIZE": "two"], .single),
        ])
    func known(_ variables: [String: String], by expected: JobEnvironment) {
        #expect(JobEnvironment(variables) == expected)
    }
}
