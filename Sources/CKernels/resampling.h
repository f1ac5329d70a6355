// Weighted sums of pixels, in 32-bit integers that hold 22 bits after the point.

typedef uint8_t byte_lanes __attribute__((ext_vector_type(16)));
typedef int32_t weight_lanes __attribute__((ext_vector_type(16)));
typedef uint8_t many_byte_lanes __attribute__((ext_vector_type(32)));
typedef int32_t many_weight_lanes __attribute__((ext_vector_type(32)));

enum { WEIGHT_BITS = 22, HALF_WEIGHT = 1 << (WEIGHT_BITS - 1) };

ALWAYS_INLINE uint8_t clipped(int32_t sum) {
    int32_t value = sum >> WEIGHT_BITS;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

// Lanes hold three samples of five pixels, and one that has no weight.
ALWAYS_INLINE void store_three(weight_lanes sums, uint8_t *result) {
    weight_lanes later = __builtin_shufflevector(
        sums, sums, 6, 7, 8, 9, 10, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    weight_lanes last = __builtin_shufflevector(
        sums, sums, 12, 13, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    weight_lanes pairs = sums + later;
    weight_lanes odd = __builtin_shufflevector(
        pairs, pairs, 3, 4, 5, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    weight_lanes all = pairs + odd + last;
    for (size_t c = 0; c < 3; c++) result[c] = clipped(all[c] + HALF_WEIGHT);
}

ALWAYS_INLINE void store_one(weight_lanes sums, uint8_t *result) {
    int32_t __attribute__((ext_vector_type(8))) eight = sums.lo + sums.hi;
    int32_t __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
    *result = clipped(four[0] + four[1] + four[2] + four[3] + HALF_WEIGHT);
}

ALWAYS_INLINE void resample_along(
    const uint8_t *row, const int32_t *weights, const size_t *starts, size_t groups, size_t group_byte_count,
    uint8_t *result, size_t count, size_t channels) {
    for (size_t i = 0; i < count; i++) {
        const uint8_t *pixels = row + starts[i];
        weight_lanes sums = 0;
        for (size_t group = 0; group < groups; group++) {
            byte_lanes samples;
            weight_lanes weight;
            memcpy(&samples, pixels + group * group_byte_count, sizeof samples);
            memcpy(&weight, weights + (i * groups + group) * 16, sizeof weight);
            sums += __builtin_convertvector(samples, weight_lanes) * weight;
        }
        if (channels == 3)
            store_three(sums, result + 3 * i);
        else
            store_one(sums, result + i);
    }
}

static void resample_row(
    const uint8_t *row, const int32_t *weights, const size_t *starts, size_t groups, size_t channels, uint8_t *result,
    size_t count) {
    if (channels == 3)
        resample_along(row, weights, starts, groups, 15, result, count, 3);
    else
        resample_along(row, weights, starts, groups, 16, result, count, 1);
}

static void resample_rows(
    const uint8_t *rows, size_t stride, const int32_t *weights, size_t taps, uint8_t *result, size_t count) {
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        many_weight_lanes sums = HALF_WEIGHT;
        for (size_t tap = 0; tap < taps; tap++) {
            many_byte_lanes samples;
            memcpy(&samples, rows + tap * stride + i, sizeof samples);
            sums += __builtin_convertvector(samples, many_weight_lanes) * weights[tap];
        }
        sums >>= WEIGHT_BITS;
        sums = __builtin_elementwise_min(__builtin_elementwise_max(sums, (many_weight_lanes)0), (many_weight_lanes)255);
        many_byte_lanes bytes = __builtin_convertvector(sums, many_byte_lanes);
        memcpy(result + i, &bytes, sizeof bytes);
    }
    for (; i < count; i++) {
        int32_t sum = HALF_WEIGHT;
        for (size_t tap = 0; tap < taps; tap++) sum += rows[tap * stride + i] * weights[tap];
        result[i] = clipped(sum);
    }
}
