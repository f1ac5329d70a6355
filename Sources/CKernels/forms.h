// The forms of the loops.
#pragma once

#include "ckernels.h"

#if defined(__x86_64__)
extern const struct ckernels ckernels_avx512;
extern const struct ckernels ckernels_avx2;
#endif
extern const struct ckernels ckernels_portable;
