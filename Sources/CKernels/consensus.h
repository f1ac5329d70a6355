// What task vectors agree on: trimming, the election of signs, and what is made of the values of the elected sign.

static void keep_magnitudes(float *x, uint32_t low, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        x[i] = (bits & 0x7FFFFFFF) >= low ? x[i] : 0.0f;
    }
}

static void elect_signs(float *sum, float majority, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] = sum[i] > 0 ? 1.0f : sum[i] < 0 ? -1.0f : majority;
}

static int64_t sign_balance(const float *x, size_t count) {
    int64_t balance = 0;
    // Short sums in 32 bits, so that as many lanes count as there are elements.
    for (size_t start = 0; start < count; start += 1 << 16) {
        size_t end = count - start < 1 << 16 ? count : start + (1 << 16);
        int32_t part = 0;
        for (size_t i = start; i < end; i++) part += (x[i] > 0) - (x[i] < 0);
        balance += part;
    }
    return balance;
}

ALWAYS_INLINE int is_elected(float x, float sign) { return sign > 0 ? x > 0 : x < 0; }

static void accumulate_elected(
    const float *restrict x, const float *restrict signs, float weight, float *restrict sum, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += is_elected(x[i], signs[i]) ? weight * x[i] : 0.0f;
}

static void accumulate_elected_weight(
    const float *restrict x, const float *restrict signs, float weight, float *restrict sum, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += is_elected(x[i], signs[i]) ? weight : 0.0f;
}

static void largest_elected(
    const float *restrict x, const float *restrict signs, float *restrict largest, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float value = is_elected(x[i], signs[i]) ? x[i] : 0.0f;
        largest[i] = __builtin_fabsf(value) > __builtin_fabsf(largest[i]) ? value : largest[i];
    }
}

static void larger_magnitude(const float *restrict x, float *restrict largest, size_t count) {
    for (size_t i = 0; i < count; i++)
        largest[i] = __builtin_fabsf(x[i]) >= __builtin_fabsf(largest[i]) ? x[i] : largest[i];
}

static void divide(float *restrict x, const float *restrict divisors, float least, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] /= divisors[i] > least ? divisors[i] : least;
}
