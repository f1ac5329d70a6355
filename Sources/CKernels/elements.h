// Single elements: their bits, and conversions between their types.

// Stored elements may lie at any address.
typedef uint16_t stored_uint16 __attribute__((aligned(1), may_alias));
typedef uint32_t stored_uint32 __attribute__((aligned(1), may_alias));
typedef uint64_t stored_uint64 __attribute__((aligned(1), may_alias));
typedef float stored_float32 __attribute__((aligned(1), may_alias));
typedef double stored_float64 __attribute__((aligned(1), may_alias));

ALWAYS_INLINE uint32_t bits_of_float32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

ALWAYS_INLINE float float32_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Asks memory for bytes that a loop which has come to x reads soon. Processors do so by themselves, but less far ahead, and
// loops that only read are faster with it. It does not matter if nothing is there.
ALWAYS_INLINE void prefetch(const void *x, size_t count) {
    enum { AHEAD = 2048, CACHE_LINE = 64 };
    for (size_t i = 0; i < count; i += CACHE_LINE) __builtin_prefetch((const void *)((uintptr_t)x + AHEAD + i));
}

// Binary16. ///////////////////////////////////////////////////////////////////

#if FORM_CONVERTS_FLOAT16

ALWAYS_INLINE float float32_of_float16(uint16_t bits) {
    _Float16 value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

ALWAYS_INLINE uint16_t float16_of_float32(float value) {
    _Float16 rounded = (_Float16)value;
    uint16_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return bits;
}

#else

ALWAYS_INLINE float float32_of_float16(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t magnitude = (uint32_t)(half & 0x7FFF) << 13;
    // The exponents' biases differ by 112; those of infinity and NaN by twice that.
    uint32_t normal = magnitude + (112u << 23);
    uint32_t special = (magnitude + (224u << 23)) | (magnitude > (31u << 23) ? 1u << 22 : 0);
    // A subnormal m · 2⁻²⁴ is what the mantissa m adds to 2⁻¹⁴.
    uint32_t subnormal = bits_of_float32(float32_of_bits((113u << 23) + magnitude) - float32_of_bits(113u << 23));
    uint32_t bits = magnitude >= 31u << 23 ? special : magnitude < 1u << 23 ? subnormal : normal;
    return float32_of_bits(sign | bits);
}

ALWAYS_INLINE uint16_t float16_of_float32(float value) {
    uint32_t bits = bits_of_float32(value);
    uint32_t magnitude = bits & 0x7FFFFFFF;
    // Half a unit of the last place less one, or half of it if the kept part is odd; a carry runs into the exponent.
    uint32_t normal = (magnitude - (112u << 23) + 0xFFF + (magnitude >> 13 & 1)) >> 13;
    // The unit of the last place of ½ is the smallest subnormal, 2⁻²⁴: the sum is rounded to it.
    uint32_t subnormal = bits_of_float32(float32_of_bits(magnitude) + 0.5f) - bits_of_float32(0.5f);
    uint32_t nan = 0x7E00 | (magnitude >> 13 & 0x3FF);
    uint32_t result = magnitude > 0x7F800000     ? nan
                      : magnitude >= 143u << 23 ? 0x7C00
                      : magnitude < 113u << 23  ? subnormal
                                                : normal;
    return (uint16_t)(bits >> 16 & 0x8000) | (uint16_t)result;
}

#endif

// The upper half of binary32. /////////////////////////////////////////////////

ALWAYS_INLINE float float32_of_bfloat16(uint16_t bits) {
    return float32_of_bits((uint32_t)bits << 16);
}

ALWAYS_INLINE uint16_t bfloat16_of_float32(float value) {
    uint32_t bits = bits_of_float32(value);
    uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
    uint32_t nan = bits >> 16 | 0x40;
    return (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? nan : rounded);
}

// Any type. ///////////////////////////////////////////////////////////////////

ALWAYS_INLINE float loaded(enum ckernels_element type, const void *x, size_t i) {
    switch (type) {
    case CKERNELS_FLOAT16: return float32_of_float16(((const stored_uint16 *)x)[i]);
    case CKERNELS_BFLOAT16: return float32_of_bfloat16(((const stored_uint16 *)x)[i]);
    case CKERNELS_FLOAT32: return ((const stored_float32 *)x)[i];
    case CKERNELS_FLOAT64: return (float)((const stored_float64 *)x)[i];
    }
    __builtin_unreachable();
}

// Calls an inline loop with a type that is constant in each branch, so that each is compiled and vectorised for its own.
#define FOR_TYPE(type, loop, ...) \
    switch (type) { \
    case CKERNELS_FLOAT16: loop(CKERNELS_FLOAT16, __VA_ARGS__); break; \
    case CKERNELS_BFLOAT16: loop(CKERNELS_BFLOAT16, __VA_ARGS__); break; \
    case CKERNELS_FLOAT32: loop(CKERNELS_FLOAT32, __VA_ARGS__); break; \
    case CKERNELS_FLOAT64: loop(CKERNELS_FLOAT64, __VA_ARGS__); break; \
    }
