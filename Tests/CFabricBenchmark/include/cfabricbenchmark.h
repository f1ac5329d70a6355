// The calls that FabricBenchmark compares with, on MPI_COMM_WORLD, as a C program makes them.
#ifndef CFABRICBENCHMARK_H
#define CFABRICBENCHMARK_H

/// The seconds that `repeats` all-reduces of `count` floats take.
double cfabricbenchmark_all_reduce(float *values, int count, int repeats);

/// The seconds that `repeats` gathers of `count` bytes from every rank to rank 0 take.
double cfabricbenchmark_gather(
    const char *bytes, int count, char *gathered, const int *counts, const int *displacements, int repeats);

#endif
