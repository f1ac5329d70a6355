// Conversions, sums of weighted inputs, and the search for values that are not finite.

// Conversions. ////////////////////////////////////////////////////////////////

ALWAYS_INLINE void decode_loop(
    enum ckernels_element type, const void *restrict x, float *restrict result, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = loaded(type, x, i);
}

static void decode(enum ckernels_element type, const void *x, float *result, size_t count) {
    FOR_TYPE(type, decode_loop, x, result, count)
}

static void encode_as_float16(const float *restrict x, stored_uint16 *restrict result, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = float16_of_float32(x[i]);
}

static void encode_as_bfloat16(const float *restrict x, stored_uint16 *restrict result, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = bfloat16_of_float32(x[i]);
}

static void encode_as_float64(const float *restrict x, stored_float64 *restrict result, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = (double)x[i];
}

static void encode(enum ckernels_element type, const float *x, void *result, size_t count) {
    switch (type) {
    case CKERNELS_FLOAT16: encode_as_float16(x, result, count); break;
    case CKERNELS_BFLOAT16: encode_as_bfloat16(x, result, count); break;
    case CKERNELS_FLOAT32: memcpy(result, x, count * sizeof *x); break;
    case CKERNELS_FLOAT64: encode_as_float64(x, result, count); break;
    }
}

// Element-wise arithmetic. ////////////////////////////////////////////////////

ALWAYS_INLINE void scale_loop(
    enum ckernels_element type, const void *restrict x, float weight, float *restrict result, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = weight * loaded(type, x, i);
}

static void scale(enum ckernels_element type, const void *x, float weight, float *result, size_t count) {
    FOR_TYPE(type, scale_loop, x, weight, result, count)
}

static void scale_in_place(float *x, float weight, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] *= weight;
}

ALWAYS_INLINE void accumulate_loop(
    enum ckernels_element type, const void *restrict x, float weight, float *restrict sum, size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += weight * loaded(type, x, i);
}

static void accumulate(enum ckernels_element type, const void *x, float weight, float *sum, size_t count) {
    FOR_TYPE(type, accumulate_loop, x, weight, sum, count)
}

ALWAYS_INLINE void accumulate_difference_loop(
    enum ckernels_element type, const void *restrict x, const void *restrict base, float weight, float *restrict sum,
    size_t count) {
    for (size_t i = 0; i < count; i++) sum[i] += weight * (loaded(type, x, i) - loaded(type, base, i));
}

static void accumulate_difference(
    enum ckernels_element type, const void *x, const void *base, float weight, float *sum, size_t count) {
    FOR_TYPE(type, accumulate_difference_loop, x, base, weight, sum, count)
}

ALWAYS_INLINE void difference_loop(
    enum ckernels_element type, const void *restrict x, const void *restrict base, float *restrict result,
    size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = loaded(type, x, i) - loaded(type, base, i);
}

static void difference(enum ckernels_element type, const void *x, const void *base, float *result, size_t count) {
    FOR_TYPE(type, difference_loop, x, base, result, count)
}

ALWAYS_INLINE void add_scaled_loop(
    enum ckernels_element type, const void *restrict x, const float *restrict delta, float weight,
    float *restrict result, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = loaded(type, x, i) + weight * delta[i];
}

static void add_scaled(
    enum ckernels_element type, const void *x, const float *delta, float weight, float *result, size_t count) {
    FOR_TYPE(type, add_scaled_loop, x, delta, weight, result, count)
}

// Few enough that all inputs stream at once, which memory is faster at than at one after another; and that the block's
// sums stay in the first-level cache meanwhile.
enum { BLOCK_OF_SUMS = 256 };

ALWAYS_INLINE void weighted_sum_loop(
    enum ckernels_element type, const void *const *restrict inputs, const float *restrict weights, size_t input_count,
    float *restrict result, size_t count) {
    const size_t element_size = type == CKERNELS_FLOAT64 ? 8 : type == CKERNELS_FLOAT32 ? 4 : 2;
    for (size_t start = 0; start < count; start += BLOCK_OF_SUMS) {
        size_t length = count - start < BLOCK_OF_SUMS ? count - start : BLOCK_OF_SUMS;
        for (size_t input = 0; input < input_count; input++) {
            const char *x = (const char *)inputs[input] + start * element_size;
            prefetch(x, BLOCK_OF_SUMS * element_size);
            if (input == 0)
                scale_loop(type, x, weights[input], result + start, length);
            else
                accumulate_loop(type, x, weights[input], result + start, length);
        }
    }
}

static void weighted_sum(
    enum ckernels_element type, const void *const *inputs, const float *weights, size_t input_count, float *result,
    size_t count) {
    if (input_count == 0)
        memset(result, 0, count * sizeof *result);
    else
        FOR_TYPE(type, weighted_sum_loop, inputs, weights, input_count, result, count)
}

// Values that are not finite. /////////////////////////////////////////////////

// The exponent of an infinite number or NaN has all bits set. Adding 1 to it carries into the place of the sign, which is
// the highest bit.
#define CARRIED(bits, sign, infinity) (((bits) & ((sign)-1)) + ((sign) - (infinity)))

#define FIRST_NON_FINITE(name, element, sign, infinity) \
    static size_t name(const stored_##element *x, size_t count) { \
        for (size_t start = 0; start < count; start += BLOCK_OF_CHECKS) { \
            size_t end = count - start < BLOCK_OF_CHECKS ? count : start + BLOCK_OF_CHECKS; \
            prefetch(x + start, BLOCK_OF_CHECKS * sizeof *x); \
            element##_t carried = 0; \
            for (size_t i = start; i < end; i++) carried |= (element##_t)CARRIED(x[i], sign, infinity); \
            if (!(carried & (sign))) continue; \
            while (!(CARRIED(x[start], sign, infinity) & (sign))) start++; \
            return start; \
        } \
        return count; \
    }

// Large enough that the end of a block costs little, small enough to find the element in it.
enum { BLOCK_OF_CHECKS = 512 };

FIRST_NON_FINITE(first_non_finite_float16, uint16, 0x8000, 0x7C00)
FIRST_NON_FINITE(first_non_finite_bfloat16, uint16, 0x8000, 0x7F80)
FIRST_NON_FINITE(first_non_finite_float32, uint32, 1u << 31, 0x7F800000)
FIRST_NON_FINITE(first_non_finite_float64, uint64, 1ull << 63, 0x7FFull << 52)

static size_t first_non_finite(enum ckernels_element type, const void *x, size_t count) {
    switch (type) {
    case CKERNELS_FLOAT16: return first_non_finite_float16(x, count);
    case CKERNELS_BFLOAT16: return first_non_finite_bfloat16(x, count);
    case CKERNELS_FLOAT32: return first_non_finite_float32(x, count);
    case CKERNELS_FLOAT64: return first_non_finite_float64(x, count);
    }
    __builtin_unreachable();
}
