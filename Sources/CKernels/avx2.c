#include "forms.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)

#define FORM avx2
#define FORM_CONVERTS_FLOAT16 1
#include "loops.h"

#pragma clang attribute pop

#endif
