#include "cmpi.h"

#include <mpi.h>
#include <string.h>

_Static_assert(sizeof(MPI_Request) == sizeof(void *), "a request is kept as a pointer");

static MPI_Comm communicator_of(cmpi_communicator communicator) {
    return communicator == 0 ? MPI_COMM_WORLD : MPI_Comm_f2c(communicator);
}

static MPI_Datatype type_of(cmpi_type type) {
    switch (type) {
    case CMPI_INT64: return MPI_INT64_T;
    case CMPI_FLOAT: return MPI_FLOAT;
    case CMPI_DOUBLE: return MPI_DOUBLE;
    default: return MPI_BYTE;
    }
}

static MPI_Op operation_of(cmpi_operation operation) {
    switch (operation) {
    case CMPI_MIN: return MPI_MIN;
    case CMPI_MAX: return MPI_MAX;
    default: return MPI_SUM;
    }
}

int cmpi_start(int *provides_threads) {
    int level = MPI_THREAD_SINGLE;
    int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &level);
    *provides_threads = level == MPI_THREAD_MULTIPLE;
    if (code != MPI_SUCCESS) return code;
    // Errors come back as codes, so that messages can name the rank and the call.
    return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

int cmpi_finish(void) { return MPI_Finalize(); }

int cmpi_is_running(void) {
    int started = 0;
    int finished = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&finished);
    return started && !finished;
}

int cmpi_duplicate(cmpi_communicator source, cmpi_communicator *duplicate) {
    MPI_Comm copy;
    int code = MPI_Comm_dup(communicator_of(source), &copy);
    if (code != MPI_SUCCESS) return code;
    *duplicate = MPI_Comm_c2f(copy);
    return MPI_Comm_set_errhandler(copy, MPI_ERRORS_RETURN);
}

int cmpi_rank(cmpi_communicator communicator, int *rank) { return MPI_Comm_rank(communicator_of(communicator), rank); }

int cmpi_size(cmpi_communicator communicator, int *size) { return MPI_Comm_size(communicator_of(communicator), size); }

int cmpi_local_ranks(int *rank, int *size) {
    MPI_Comm host;
    int code = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host);
    if (code == MPI_SUCCESS) code = MPI_Comm_rank(host, rank);
    if (code == MPI_SUCCESS) code = MPI_Comm_size(host, size);
    if (code == MPI_SUCCESS) code = MPI_Comm_free(&host);
    return code;
}

int cmpi_barrier(cmpi_communicator communicator) { return MPI_Barrier(communicator_of(communicator)); }

int cmpi_broadcast(void *buffer, int count, cmpi_type type, int root, cmpi_communicator communicator) {
    return MPI_Bcast(buffer, count, type_of(type), root, communicator_of(communicator));
}

int cmpi_all_reduce(void *buffer, int count, cmpi_type type, cmpi_operation operation, cmpi_communicator communicator) {
    return MPI_Allreduce(
        MPI_IN_PLACE, buffer, count, type_of(type), operation_of(operation), communicator_of(communicator));
}

int cmpi_gather(
    const void *bytes, int count, void *gathered, const int *counts, const int *displacements, int root,
    cmpi_communicator communicator) {
    return MPI_Gatherv(
        bytes, count, MPI_BYTE, gathered, counts, displacements, MPI_BYTE, root, communicator_of(communicator));
}

int cmpi_all_gather(
    const void *bytes, int count, void *gathered, const int *counts, const int *displacements,
    cmpi_communicator communicator) {
    return MPI_Allgatherv(
        bytes, count, MPI_BYTE, gathered, counts, displacements, MPI_BYTE, communicator_of(communicator));
}

int cmpi_reduce_scatter(
    const void *operands, void *share, const int *counts, cmpi_type type, cmpi_operation operation,
    cmpi_communicator communicator) {
    return MPI_Reduce_scatter(
        operands, share, counts, type_of(type), operation_of(operation), communicator_of(communicator));
}

int cmpi_send(const void *bytes, int count, int destination, int tag, cmpi_communicator communicator) {
    return MPI_Send(bytes, count, MPI_BYTE, destination, tag, communicator_of(communicator));
}

int cmpi_receive(void *bytes, int count, int source, int tag, cmpi_communicator communicator) {
    return MPI_Recv(bytes, count, MPI_BYTE, source, tag, communicator_of(communicator), MPI_STATUS_IGNORE);
}

static void store(MPI_Request request, cmpi_request *stored) { memcpy(&stored->handle, &request, sizeof request); }

static MPI_Request load(const cmpi_request *stored) {
    MPI_Request request;
    memcpy(&request, &stored->handle, sizeof request);
    return request;
}

int cmpi_begin_send(
    const void *bytes, int count, int destination, int tag, cmpi_communicator communicator, cmpi_request *request) {
    MPI_Request started;
    int code = MPI_Isend(bytes, count, MPI_BYTE, destination, tag, communicator_of(communicator), &started);
    store(started, request);
    return code;
}

int cmpi_begin_receive(
    void *bytes, int count, int source, int tag, cmpi_communicator communicator, cmpi_request *request) {
    MPI_Request started;
    int code = MPI_Irecv(bytes, count, MPI_BYTE, source, tag, communicator_of(communicator), &started);
    store(started, request);
    return code;
}

int cmpi_test(cmpi_request *request, int *is_done) {
    MPI_Request pending = load(request);
    int code = MPI_Test(&pending, is_done, MPI_STATUS_IGNORE);
    store(pending, request);
    return code;
}

int cmpi_wait(cmpi_request *request) {
    MPI_Request pending = load(request);
    int code = MPI_Wait(&pending, MPI_STATUS_IGNORE);
    store(pending, request);
    return code;
}

int cmpi_probe(int source, int tag, cmpi_communicator communicator, int *is_there) {
    return MPI_Iprobe(source, tag, communicator_of(communicator), is_there, MPI_STATUS_IGNORE);
}

int cmpi_probe_any(int tag, cmpi_communicator communicator, int *is_there, int *source, int *count) {
    MPI_Status status;
    int code = MPI_Iprobe(MPI_ANY_SOURCE, tag, communicator_of(communicator), is_there, &status);
    if (code != MPI_SUCCESS || !*is_there) return code;
    *source = status.MPI_SOURCE;
    return MPI_Get_count(&status, MPI_BYTE, count);
}

int cmpi_abort(int exit_code) { return MPI_Abort(MPI_COMM_WORLD, exit_code); }

void cmpi_error_text(int code, char *text) {
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) strcpy(text, "unknown error");
}

void cmpi_library_version(char *text) {
    char full[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(full, &length);
    strncpy(text, full, 255);
    text[255] = 0;
}
