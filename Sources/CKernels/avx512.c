#include "forms.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,f16c"))), apply_to = function)

#define FORM avx512
#define FORM_CONVERTS_FLOAT16 1
#define FORM_COMPRESSES 1
#include "loops.h"

#pragma clang attribute pop

#endif
