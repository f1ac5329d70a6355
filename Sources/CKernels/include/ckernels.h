// Loops that must be vectorised for several instruction sets, with the set chosen at run time.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The name of the instruction set that the kernels use on this machine: "avx512", "avx2" or "portable".
const char *ckernels_instruction_set(void);
