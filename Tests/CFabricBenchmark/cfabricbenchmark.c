#include "cfabricbenchmark.h"

#include <mpi.h>

double cfabricbenchmark_all_reduce(float *values, int count, int repeats) {
    double start = MPI_Wtime();
    for (int repeat = 0; repeat < repeats; repeat++)
        MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    return MPI_Wtime() - start;
}

double cfabricbenchmark_gather(
    const char *bytes, int count, char *gathered, const int *counts, const int *displacements, int repeats) {
    double start = MPI_Wtime();
    for (int repeat = 0; repeat < repeats; repeat++)
        MPI_Gatherv(bytes, count, MPI_BYTE, gathered, counts, displacements, MPI_BYTE, 0, MPI_COMM_WORLD);
    return MPI_Wtime() - start;
}
