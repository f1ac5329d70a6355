#include "forms.h"

size_t ckernels_forms(const struct ckernels *_Nullable *_Nonnull forms) {
    size_t count = 0;
#if defined(__x86_64__)
    int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
    if (has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        forms[count++] = &ckernels_avx512;
    if (has_avx2) forms[count++] = &ckernels_avx2;
#endif
    forms[count++] = &ckernels_portable;
    return count;
}

const struct ckernels *ckernels_best(void) {
    const struct ckernels *forms[3];
    ckernels_forms(forms);
    return forms[0];
}
