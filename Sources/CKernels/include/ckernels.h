// Loops that are vectorised for several instruction sets, with the set chosen at run time.
//
// All forms of a loop give the same bits: products are rounded before sums, and sums of many elements have one fixed
// order. One thing is left to the processor: where two NaN meet, which of their payloads survives.
//
// Stored elements may lie at any address. Buffers that a loop writes to overlap no other buffer.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ckernels_digests.h"
#include "ckernels_networks.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// The type of stored elements.
enum ckernels_element {
    /// IEEE 754 binary16.
    CKERNELS_FLOAT16,
    /// The upper half of an IEEE 754 binary32.
    CKERNELS_BFLOAT16,
    /// IEEE 754 binary32.
    CKERNELS_FLOAT32,
    /// IEEE 754 binary64.
    CKERNELS_FLOAT64,
};

/// How many magnitudes lie below, inside and above a range.
struct ckernels_range_counts {
    size_t below, inside, above;
};

/// The products of two vectors with each other and with themselves.
struct ckernels_products {
    double first_second, first_first, second_second;
};

/// A sequence of random blocks: four 32-bit words for each 64-bit number.
struct ckernels_random_stream {
    /// Philox's key.
    uint64_t key;
    /// The upper half of Philox's counter; the lower one is the number of the block.
    uint64_t stream;
};

enum {
    /// Buckets of a histogram over the upper 16 bits of magnitudes, whose sign bit is 0.
    CKERNELS_UPPER_BUCKETS = 1 << 15,
    /// Buckets of a histogram over the lower 16 bits of magnitudes.
    CKERNELS_LOWER_BUCKETS = 1 << 16,
    /// Counters of each bucket. Equal elements in a row go to different ones, so that none waits for the one before.
    CKERNELS_COUNTERS = 4,
    /// The number of partial sums of a sum: element i is added to number i mod 32.
    CKERNELS_PARTIAL_SUMS = 32,
};

/// The loops in the form for one instruction set.
///
/// `x` and `base` are stored elements: of `type` where a type is given, otherwise of binary32. Elements are converted to
/// binary32 before anything else: exactly, or from binary64 with rounding to nearest, ties to even.
struct ckernels {
    /// "avx512", "avx2" or "portable".
    const char *name;

    // Conversions. A NaN stays one, and keeps the upper bits of its payload; one that is rounded becomes quiet.

    /// result[i] = x[i]
    void (*decode)(enum ckernels_element type, const void *x, float *result, size_t count);
    /// result[i] = x[i], to nearest, ties to even; what is too large becomes infinite.
    void (*encode)(enum ckernels_element type, const float *x, void *result, size_t count);

    // Arithmetic, in binary32.

    /// result[i] = weight · x[i]
    void (*scale)(enum ckernels_element type, const void *x, float weight, float *result, size_t count);
    /// x[i] = weight · x[i]
    void (*scale_in_place)(float *x, float weight, size_t count);
    /// sum[i] = sum[i] + weight · x[i]
    void (*accumulate)(enum ckernels_element type, const void *x, float weight, float *sum, size_t count);
    /// sum[i] = sum[i] + weight · (x[i] − base[i])
    void (*accumulate_difference)(
        enum ckernels_element type, const void *x, const void *base, float weight, float *sum, size_t count);
    /// result[i] = x[i] − base[i]
    void (*difference)(enum ckernels_element type, const void *x, const void *base, float *result, size_t count);
    /// result[i] = x[i] + weight · delta[i]
    void (*add_scaled)(
        enum ckernels_element type, const void *x, const float *delta, float weight, float *result, size_t count);
    /// result[i] = ((weights[0] · inputs[0][i]) + weights[1] · inputs[1][i]) + …; 0 without inputs.
    void (*weighted_sum)(
        enum ckernels_element type, const void *_Nonnull const *_Nullable inputs, const float *_Nullable weights,
        size_t input_count, float *result, size_t count);

    // What task vectors agree on. A value is elected if it has the sign: positive if signs[i] > 0, otherwise negative.

    /// x[i] = x[i] if the bits of |x[i]| are at least `low`, otherwise 0
    void (*keep_magnitudes)(float *x, uint32_t low, size_t count);
    /// sum[i] = 1, −1, or `majority` if it is 0
    void (*elect_signs)(float *sum, float majority, size_t count);
    /// The number of positive elements less that of negative ones.
    int64_t (*sign_balance)(const float *x, size_t count);
    /// sum[i] = sum[i] + weight · x[i] if x[i] is elected
    void (*accumulate_elected)(const float *x, const float *signs, float weight, float *sum, size_t count);
    /// sum[i] = sum[i] + weight if x[i] is elected
    void (*accumulate_elected_weight)(const float *x, const float *signs, float weight, float *sum, size_t count);
    /// largest[i] = x[i] if x[i] is elected and its magnitude is larger
    void (*largest_elected)(const float *x, const float *signs, float *largest, size_t count);
    /// largest[i] = x[i] if its magnitude is not smaller
    void (*larger_magnitude)(const float *x, float *largest, size_t count);
    /// x[i] = x[i] / max(divisors[i], least)
    void (*divide)(float *x, const float *divisors, float least, size_t count);

    // Checks.

    /// The index of the first element that is infinite or NaN; `count` if there is none.
    size_t (*first_non_finite)(enum ckernels_element type, const void *x, size_t count);

    // Magnitudes: the bits of |x[i]|, or of |x[i] − base[i]| if there is a base, as unsigned integers. These are in the
    // order of the magnitudes; NaN comes last.

    /// Counts elements by the upper 16 bits of their magnitudes. Bucket b has the counters 4b to 4b + 3.
    void (*count_upper_bits)(const void *x, const void *_Nullable base, size_t count, uint32_t *counters);
    /// Counts elements by the lower 16 bits of their magnitudes, if the upper ones are these. Bucket b has the counters 4b
    /// to 4b + 3.
    void (*count_lower_bits)(
        const void *x, const void *_Nullable base, size_t count, uint32_t upper_bits, uint32_t *counters);
    /// Counts magnitudes below, inside and above [low, high), and stores those inside, in order, as long as they fit into
    /// `capacity`.
    struct ckernels_range_counts (*select_magnitudes)(
        const void *x, const void *_Nullable base, size_t count, uint32_t low, uint32_t high,
        uint32_t *_Nullable inside, size_t capacity);

    // Sums in binary64, in an order that depends on `count` alone: element i is added to partial sum i mod 32, in the order
    // of i. Then the upper half of the partial sums is added to the lower one, until one is left.

    /// Σ x[i]
    double (*sum)(const void *x, size_t count);
    /// Σ |x[i] − base[i]|, the difference in binary32; without base Σ |x[i]|.
    double (*absolute_sum)(const void *x, const void *_Nullable base, size_t count);
    /// Σ (x[i] − base[i])², the difference in binary32; without base Σ x[i]².
    double (*squared_norm)(const void *x, const void *_Nullable base, size_t count);
    /// Σ (x[i] − base[i]) · (y[i] − base[i]), the differences in binary32; without base Σ x[i] · y[i].
    double (*dot_product)(const void *x, const void *y, const void *_Nullable base, size_t count);
    /// Σ x[i] · (y[i] − base[i]), the difference in binary32.
    double (*product_with_difference)(const void *x, const void *y, const void *base, size_t count);
    /// The dot product as above, and both squared norms, in one go.
    struct ckernels_products (*products)(const void *x, const void *y, const void *_Nullable base, size_t count);

    // Random numbers: element i of a stream depends on i and the stream alone. Philox4x32-10 gives blocks of four words.

    /// result[k] = u / 2²⁴, where u is the upper 24 bits of word i mod 4 of block i / 4, and i = start + k.
    void (*uniform_float32)(struct ckernels_random_stream stream, uint64_t start, float *result, size_t count);
    /// result[k] = u / 2⁵³, where u is the upper 53 bits of words 2j (lower half) and 2j + 1 (upper half) of block i / 2,
    /// j = i mod 2, and i = start + k.
    void (*uniform_float64)(struct ckernels_random_stream stream, uint64_t start, double *result, size_t count);
    /// Numbers of the standard normal distribution. Elements 2b and 2b + 1 come from block b, by Box and Muller's
    /// transformation: √(−2 ln(1 − u)) · cos 2πv and … · sin 2πv. u and v are the binary64 numbers above.
    void (*normal_float32)(struct ckernels_random_stream stream, uint64_t start, float *result, size_t count);
    /// mask[k] = 1 if word i mod 4 of block i / 4 is less than `threshold`, otherwise 0, where i = start + k.
    void (*bernoulli_mask)(
        struct ckernels_random_stream stream, uint64_t start, uint64_t threshold, uint8_t *mask, size_t count);
    /// x[k] = factor · x[k] where the mask above is 1, otherwise 0.
    void (*bernoulli_scale)(
        struct ckernels_random_stream stream, uint64_t start, uint64_t threshold, float factor, float *x, size_t count);

    /// What networks compute with.
    struct ckernels_networks networks;
    // Images: sums of samples of 8 bits, weighted with integers that have 22 bits after the point, rounded and clipped to 8
    // bits. Callers see to it that no sum leaves 32 bits.

    /// result[channels · i + c] = Σ weights[…] · row[starts[i] + channels · tap + c], for the pixels i of a row.
    ///
    /// Weights are in groups of 16, one for each byte from starts[i] on. Of three channels, a group holds five pixels, and
    /// its last weight is 0; the next group starts with the sixth pixel. Bytes up to the end of the last group are read.
    void (*resample_row)(
        const uint8_t *row, const int32_t *weights, const size_t *starts, size_t groups, size_t channels,
        uint8_t *result, size_t count);
    /// result[i] = Σ weights[tap] · rows[tap · stride + i]
    void (*resample_rows)(
        const uint8_t *rows, size_t stride, const int32_t *weights, size_t taps, uint8_t *result, size_t count);
};

/// The forms that this machine can run, the fastest first.
///
/// - Parameters:
///   - forms: Room for three.
/// - Returns: How many there are; at least one, the portable form.
size_t ckernels_forms(const struct ckernels *_Nullable *_Nonnull forms);

/// The fastest form that this machine can run.
const struct ckernels *ckernels_best(void);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
