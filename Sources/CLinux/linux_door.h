#include <sys/prctl.h>

/// Asks for a signal to this process when its parent dies; 0 for success.
///
/// Swift cannot call prctl(2) itself: the number of its arguments varies.
static inline int linux_signal_at_death_of_parent(int signal) {
    return prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0UL, 0UL, 0UL);
}
