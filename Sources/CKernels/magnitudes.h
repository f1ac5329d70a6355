// Counting elements by magnitude, and picking out those of a range.

// Magnitudes of a block lie in the first-level cache between the vectorised loop that computes them and the loops that
// count.
enum { BLOCK_OF_MAGNITUDES = 1024 };

// The loops below are written once, and compiled with a base and without.
#define FOR_BASE(base, loop, ...) ((base) ? loop(base, __VA_ARGS__) : loop((const void *)0, __VA_ARGS__))

ALWAYS_INLINE uint32_t magnitude_bits(const stored_float32 *x, const stored_float32 *base, size_t i) {
    return bits_of_float32(base ? x[i] - base[i] : x[i]) & 0x7FFFFFFF;
}

ALWAYS_INLINE void prefetch_block(const stored_float32 *x, const stored_float32 *base, size_t start) {
    prefetch(x + start, BLOCK_OF_MAGNITUDES * sizeof *x);
    if (base) prefetch(base + start, BLOCK_OF_MAGNITUDES * sizeof *base);
}

ALWAYS_INLINE void count_in_turn(uint32_t bucket, size_t turn, uint32_t *counters) {
    counters[bucket * CKERNELS_COUNTERS + turn % CKERNELS_COUNTERS]++;
}

ALWAYS_INLINE void count_upper_bits_loop(
    const void *base, const void *x, size_t count, uint32_t *restrict counters) {
    uint16_t upper[BLOCK_OF_MAGNITUDES];
    for (size_t start = 0; start < count; start += BLOCK_OF_MAGNITUDES) {
        size_t length = count - start < BLOCK_OF_MAGNITUDES ? count - start : BLOCK_OF_MAGNITUDES;
        prefetch_block(x, base, start);
        for (size_t i = 0; i < length; i++) upper[i] = (uint16_t)(magnitude_bits(x, base, start + i) >> 16);
        size_t i = 0;
        for (; i + CKERNELS_COUNTERS <= length; i += CKERNELS_COUNTERS)
            for (size_t turn = 0; turn < CKERNELS_COUNTERS; turn++) count_in_turn(upper[i + turn], turn, counters);
        for (; i < length; i++) count_in_turn(upper[i], i, counters);
    }
}

static void count_upper_bits(const void *x, const void *base, size_t count, uint32_t *counters) {
    FOR_BASE(base, count_upper_bits_loop, x, count, counters);
}

ALWAYS_INLINE uint32_t is_inside(uint32_t magnitude, uint32_t low, uint32_t high) {
    return magnitude - low < high - low;
}

enum { GROUP_OF_MAGNITUDES = 16 };

// Copies those of 16 magnitudes that are in [low, high), and says how many. What lies behind them may be written, too, as
// far as 16 reach.
ALWAYS_INLINE size_t compressed_group(
    const uint32_t *restrict magnitudes, uint32_t low, uint32_t high, uint32_t *restrict inside) {
#if FORM_COMPRESSES
    __m512i values = _mm512_loadu_si512(magnitudes);
    __m512i distances = _mm512_sub_epi32(values, _mm512_set1_epi32((int)low));
    __mmask16 mask = _mm512_cmplt_epu32_mask(distances, _mm512_set1_epi32((int)(high - low)));
    _mm512_storeu_si512(inside, _mm512_maskz_compress_epi32(mask, values));
    return (size_t)__builtin_popcount(mask);
#else
    // Mostly there are none, which is quick to see.
    uint32_t any = 0;
    for (size_t i = 0; i < GROUP_OF_MAGNITUDES; i++) any |= is_inside(magnitudes[i], low, high);
    if (!any) return 0;
    size_t found = 0;
    for (size_t i = 0; i < GROUP_OF_MAGNITUDES; i++) {
        // Written in any case, counted if inside: no branch to be mispredicted.
        inside[found] = magnitudes[i];
        found += is_inside(magnitudes[i], low, high);
    }
    return found;
#endif
}

// Copies the magnitudes of [low, high), in order, and says how many; there is room for all.
ALWAYS_INLINE size_t compressed(
    const uint32_t *restrict magnitudes, size_t count, uint32_t low, uint32_t high, uint32_t *restrict inside) {
    size_t found = 0;
    size_t i = 0;
    for (; i + GROUP_OF_MAGNITUDES <= count; i += GROUP_OF_MAGNITUDES)
        found += compressed_group(magnitudes + i, low, high, inside + found);
    for (; i < count; i++) {
        inside[found] = magnitudes[i];
        found += is_inside(magnitudes[i], low, high);
    }
    return found;
}

ALWAYS_INLINE struct ckernels_range_counts select_magnitudes_loop(
    const void *base, const void *x, size_t count, uint32_t low, uint32_t high, uint32_t *restrict inside,
    size_t capacity) {
    struct ckernels_range_counts counts = {0, 0, 0};
    uint32_t magnitudes[BLOCK_OF_MAGNITUDES], found[BLOCK_OF_MAGNITUDES];
    for (size_t start = 0; start < count; start += BLOCK_OF_MAGNITUDES) {
        size_t length = count - start < BLOCK_OF_MAGNITUDES ? count - start : BLOCK_OF_MAGNITUDES;
        prefetch_block(x, base, start);
        uint32_t below = 0, above = 0;
        for (size_t i = 0; i < length; i++) {
            uint32_t magnitude = magnitude_bits(x, base, start + i);
            magnitudes[i] = magnitude;
            below += magnitude < low;
            above += magnitude >= high;
        }
        size_t block_inside = length - below - above;
        if (block_inside && inside && counts.inside < capacity) {
            size_t room = capacity - counts.inside;
            compressed(magnitudes, length, low, high, found);
            memcpy(inside + counts.inside, found, (block_inside < room ? block_inside : room) * sizeof *found);
        }
        counts.below += below;
        counts.inside += block_inside;
        counts.above += above;
    }
    return counts;
}

static struct ckernels_range_counts select_magnitudes(
    const void *x, const void *base, size_t count, uint32_t low, uint32_t high, uint32_t *inside, size_t capacity) {
    return FOR_BASE(base, select_magnitudes_loop, x, count, low, high, inside, capacity);
}

ALWAYS_INLINE void count_lower_bits_loop(
    const void *base, const void *x, size_t count, uint32_t upper_bits, uint32_t *restrict counters) {
    uint32_t magnitudes[BLOCK_OF_MAGNITUDES], found[BLOCK_OF_MAGNITUDES];
    for (size_t start = 0; start < count; start += BLOCK_OF_MAGNITUDES) {
        size_t length = count - start < BLOCK_OF_MAGNITUDES ? count - start : BLOCK_OF_MAGNITUDES;
        prefetch_block(x, base, start);
        for (size_t i = 0; i < length; i++) magnitudes[i] = magnitude_bits(x, base, start + i);
        size_t inside = compressed(magnitudes, length, upper_bits << 16, (upper_bits + 1) << 16, found);
        for (size_t i = 0; i < inside; i++) count_in_turn(found[i] & 0xFFFF, i, counters);
    }
}

static void count_lower_bits(
    const void *x, const void *base, size_t count, uint32_t upper_bits, uint32_t *counters) {
    FOR_BASE(base, count_lower_bits_loop, x, count, upper_bits, counters);
}
