// What Swift cannot call itself.
#pragma once

#include <sys/prctl.h>
#include <sys/types.h>

/// glibc declares it only under _GNU_SOURCE, which Swift does not set.
int fallocate(int descriptor, int mode, off_t offset, off_t length);

/// Asks for a signal to this process when its parent dies; 0 for success. The number of prctl's arguments varies.
static inline int linux_signal_at_death_of_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL);
}
