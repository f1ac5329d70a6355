// Calls of Linux that Swift's module Glibc leaves out: the number of their arguments varies, or only GNU declares them.
#pragma once

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

int fallocate(int descriptor, int mode, off_t offset, off_t length);

/// Asks for a signal to this process when its parent dies; 0 for success.
static inline int linux_signal_at_death_of_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL);
}

/// A file in memory that has no name in any directory; -1 if there can be none.
static inline int linux_file_in_memory(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1U /* MFD_CLOEXEC */);
}

/// Lets blocks of memory from a size on go back to the system when they are freed, for good; not 0 for success.
static inline int linux_return_freed_blocks(int byte_count) { return mallopt(M_MMAP_THRESHOLD, byte_count); }

/// The number of the calling thread.
static inline int linux_this_thread(void) { return (int)syscall(SYS_gettid); }

/// Sends a signal to a thread of this process; 0 for success.
static inline int linux_signal_thread(int thread, int signal) {
    return (int)syscall(SYS_tgkill, getpid(), thread, signal);
}

/// Makes this process the parent of what its children leave running when they end, or no longer; 0 for success.
static inline int linux_adopt_orphans(int adopts) {
    return prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)adopts, 0UL, 0UL, 0UL);
}
