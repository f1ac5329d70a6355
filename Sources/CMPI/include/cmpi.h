// The calls of MPI that Fabric makes, with the macros of mpi.h made into functions and enumerations.
//
// Every function returns MPI's error code, 0 for success. Counts are ints, as in MPI: callers cut larger messages.
#ifndef CMPI_H
#define CMPI_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    CMPI_BYTE = 0,
    CMPI_INT64 = 1,
    CMPI_FLOAT = 2,
    CMPI_DOUBLE = 3,
} cmpi_type;

typedef enum {
    CMPI_SUM = 0,
    CMPI_MIN = 1,
    CMPI_MAX = 2,
} cmpi_operation;

/// A communicator; 0 is the world.
typedef int32_t cmpi_communicator;

/// A message on its way.
typedef struct {
    void *handle;
} cmpi_request;

/// Starts MPI so that any thread may call it. `provides_threads` is 0 if the library cannot do that.
int cmpi_start(int *provides_threads);
int cmpi_finish(void);
int cmpi_is_running(void);

/// A communicator of the same ranks whose messages never meet those of others.
int cmpi_duplicate(cmpi_communicator source, cmpi_communicator *duplicate);
int cmpi_rank(cmpi_communicator communicator, int *rank);
int cmpi_size(cmpi_communicator communicator, int *size);
/// The rank among, and the number of, the ranks that share this host's memory.
int cmpi_local_ranks(int *rank, int *size);

int cmpi_barrier(cmpi_communicator communicator);
int cmpi_broadcast(void *buffer, int count, cmpi_type type, int root, cmpi_communicator communicator);
/// In place: `buffer` holds the operands before and the result after.
int cmpi_all_reduce(void *buffer, int count, cmpi_type type, cmpi_operation operation, cmpi_communicator communicator);
/// Bytes of different lengths from every rank to one; `counts` and `displacements` matter there only.
int cmpi_gather(
    const void *bytes, int count, void *gathered, const int *counts, const int *displacements, int root,
    cmpi_communicator communicator);
int cmpi_all_gather(
    const void *bytes, int count, void *gathered, const int *counts, const int *displacements,
    cmpi_communicator communicator);
/// The reduction of all operands, of which each rank gets its share of `counts[rank]` elements.
int cmpi_reduce_scatter(
    const void *operands, void *share, const int *counts, cmpi_type type, cmpi_operation operation,
    cmpi_communicator communicator);

int cmpi_send(const void *bytes, int count, int destination, int tag, cmpi_communicator communicator);
int cmpi_receive(void *bytes, int count, int source, int tag, cmpi_communicator communicator);
int cmpi_begin_send(
    const void *bytes, int count, int destination, int tag, cmpi_communicator communicator, cmpi_request *request);
int cmpi_begin_receive(
    void *bytes, int count, int source, int tag, cmpi_communicator communicator, cmpi_request *request);
int cmpi_test(cmpi_request *request, int *is_done);
int cmpi_wait(cmpi_request *request);
/// Whether a message from a rank waits.
int cmpi_probe(int source, int tag, cmpi_communicator communicator, int *is_there);
/// Whether a message waits, from whom, and its length in bytes.
int cmpi_probe_any(int tag, cmpi_communicator communicator, int *is_there, int *source, int *count);

/// Ends all ranks of the job.
int cmpi_abort(int exit_code);
/// Words for an error code; `text` holds at least 256 characters.
void cmpi_error_text(int code, char *text);
/// The library's name and version; `text` holds at least 256 characters.
void cmpi_library_version(char *text);

#endif
