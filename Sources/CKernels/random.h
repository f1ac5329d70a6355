// Random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3, 2011).
//
// Blocks are computed eight at a time, with each 32-bit word in a lane of 64 bits. The upper half of a lane may hold
// anything: products take the lower halves alone.

enum { BLOCKS = 8, WORDS = 4 * BLOCKS, PAIRS = 2 * BLOCKS };

typedef uint64_t word_lanes __attribute__((ext_vector_type(BLOCKS)));
typedef double double_of_blocks __attribute__((ext_vector_type(BLOCKS)));
typedef uint32_t words __attribute__((ext_vector_type(WORDS)));
typedef uint64_t pairs __attribute__((ext_vector_type(PAIRS)));

// The blocks' words 0 and 1, and 2 and 3, each pair as one number of 64 bits.
struct block_pairs {
    word_lanes first, second;
};

ALWAYS_INLINE word_lanes lower(word_lanes value) { return value & 0xFFFFFFFF; }

ALWAYS_INLINE struct block_pairs blocks_from(struct ckernels_random_stream stream, uint64_t first_block) {
    word_lanes block = first_block + (word_lanes){0, 1, 2, 3, 4, 5, 6, 7};
    word_lanes word0 = block, word1 = block >> 32, word2 = stream.stream, word3 = stream.stream >> 32;
    uint32_t key0 = (uint32_t)stream.key, key1 = (uint32_t)(stream.key >> 32);
    for (int round = 0; round < 10; round++) {
        word_lanes product0 = lower(word0) * 0xD2511F53;
        word_lanes product1 = lower(word2) * 0xCD9E8D57;
        word0 = (product1 >> 32) ^ word1 ^ key0;
        word1 = product1;
        word2 = (product0 >> 32) ^ word3 ^ key1;
        word3 = product0;
        key0 += 0x9E3779B9;
        key1 += 0xBB67AE85;
    }
    return (struct block_pairs){lower(word0) | word1 << 32, lower(word2) | word3 << 32};
}

// The pairs of eight blocks, in their order.
ALWAYS_INLINE pairs pairs_from(struct ckernels_random_stream stream, uint64_t first_block) {
    struct block_pairs blocks = blocks_from(stream, first_block);
    return __builtin_shufflevector(blocks.first, blocks.second, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}

ALWAYS_INLINE words words_from(struct ckernels_random_stream stream, uint64_t first_block) {
    pairs values = pairs_from(stream, first_block);
    words result;
    memcpy(&result, &values, sizeof result);
    return result;
}

// Any range of elements is a part of groups that start at multiples of their size. Calls `statement` for each group with
// its number, the first element of the group that is in the range, the number of those, and how many came before.
#define FOR_GROUPS(size, statement) \
    for (size_t done = 0, length; done < count; done += length) { \
        uint64_t group = (start + done) / (size); \
        size_t offset = (size_t)((start + done) % (size)); \
        length = count - done < (size)-offset ? count - done : (size)-offset; \
        statement \
    }

// Copies the part of a group that is asked for; mostly it is all of it.
#define COPY_PART(values, result) \
    if (length * sizeof *(result) == sizeof(values)) \
        memcpy((result) + done, &(values), sizeof(values)); \
    else \
        memcpy((result) + done, (const char *)&(values) + offset * sizeof *(result), length * sizeof *(result));

static void uniform_float32(struct ckernels_random_stream stream, uint64_t start, float *result, size_t count) {
    typedef int32_t integers __attribute__((ext_vector_type(WORDS)));
    typedef float floats __attribute__((ext_vector_type(WORDS)));
    FOR_GROUPS(WORDS, {
        words upper = words_from(stream, group * BLOCKS) >> 8;
        // Numbers of 24 bits have no sign; conversions of signed ones are faster.
        integers signed_upper;
        memcpy(&signed_upper, &upper, sizeof upper);
        floats values = __builtin_convertvector(signed_upper, floats) * 0x1p-24f;
        COPY_PART(values, result)
    })
}

static void uniform_float64(struct ckernels_random_stream stream, uint64_t start, double *result, size_t count) {
    typedef double doubles __attribute__((ext_vector_type(PAIRS)));
    FOR_GROUPS(PAIRS, {
        doubles values = __builtin_convertvector(pairs_from(stream, group * BLOCKS) >> 11, doubles) * 0x1p-53;
        COPY_PART(values, result)
    })
}

// The normal distribution. ////////////////////////////////////////////////////
//
// Logarithm, sine and cosine are written out, because those of C libraries differ in the last bits between systems.

ALWAYS_INLINE double_of_blocks as_double(word_lanes bits) {
    double_of_blocks value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

ALWAYS_INLINE word_lanes as_bits(double_of_blocks value) {
    word_lanes bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// The natural logarithm of positive normal numbers: with x = 2ᵉ · m, √½ ≤ m < √2, it is e · ln 2 + 2 artanh f, where
// f = (m − 1) / (m + 1) and artanh f = f + f³/3 + f⁵/5 + ….
ALWAYS_INLINE double_of_blocks logarithm(double_of_blocks x) {
    typedef int64_t exponents __attribute__((ext_vector_type(BLOCKS)));
    const uint64_t root_of_half = 0x3FE6A09E667F3BCD;
    word_lanes distance = as_bits(x) - root_of_half;
    exponents signed_distance;
    memcpy(&signed_distance, &distance, sizeof distance);
    exponents exponent = signed_distance >> 52;
    double_of_blocks m = as_double(as_bits(x) - ((distance >> 52) << 52));
    double_of_blocks f = (m - 1.0) / (m + 1.0);
    double_of_blocks square = f * f;
    double_of_blocks series = 1.0 / 21;
    for (int denominator = 19; denominator >= 1; denominator -= 2) series = series * square + 1.0 / denominator;
    return __builtin_convertvector(exponent, double_of_blocks) * 0x1.62e42fefa39efp-1 + 2.0 * f * series;
}

struct sine_and_cosine {
    double_of_blocks sine, cosine;
};

// Sine and cosine of 2πv for 0 ≤ v < 1, by their Taylor series between −π/4 and π/4.
ALWAYS_INLINE struct sine_and_cosine sine_and_cosine_of_turns(double_of_blocks v) {
    // Adding 2⁵² rounds to whole numbers, which then are the last bits.
    double_of_blocks shifted = v * 4.0 + 0x1p52;
    word_lanes quadrant = as_bits(shifted);
    double_of_blocks angle = (v * 4.0 - (shifted - 0x1p52)) * 0x1.921fb54442d18p0;
    double_of_blocks square = angle * angle;
    double_of_blocks sine = 1.0, cosine = 1.0;
    for (int n = 16; n >= 2; n -= 2) {
        sine = 1.0 - sine * square * (1.0 / (n * (n + 1)));
        cosine = 1.0 - cosine * square * (1.0 / (n * (n - 1)));
    }
    sine *= angle;
    // A quarter turn exchanges the two, and turns the sign of one.
    word_lanes exchanged = 0 - (quadrant & 1);
    word_lanes sine_bits = (as_bits(sine) & ~exchanged) | (as_bits(cosine) & exchanged);
    word_lanes cosine_bits = (as_bits(cosine) & ~exchanged) | (as_bits(sine) & exchanged);
    return (struct sine_and_cosine){
        as_double(sine_bits ^ (quadrant & 2) << 62), as_double(cosine_bits ^ ((quadrant + 1) & 2) << 62)};
}

static void normal_float32(struct ckernels_random_stream stream, uint64_t start, float *result, size_t count) {
    typedef double doubles __attribute__((ext_vector_type(PAIRS)));
    typedef float floats __attribute__((ext_vector_type(PAIRS)));
    FOR_GROUPS(PAIRS, {
        struct block_pairs blocks = blocks_from(stream, group * BLOCKS);
        double_of_blocks u = __builtin_convertvector(blocks.first >> 11, double_of_blocks) * 0x1p-53;
        double_of_blocks v = __builtin_convertvector(blocks.second >> 11, double_of_blocks) * 0x1p-53;
        double_of_blocks radius = __builtin_elementwise_sqrt(-2.0 * logarithm(1.0 - u));
        struct sine_and_cosine direction = sine_and_cosine_of_turns(v);
        doubles both = __builtin_shufflevector(
            radius * direction.cosine, radius * direction.sine, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
        floats values = __builtin_convertvector(both, floats);
        COPY_PART(values, result)
    })
}

// Decisions. //////////////////////////////////////////////////////////////////

// All words are below a threshold of 2³².
ALWAYS_INLINE int is_certain(uint64_t threshold) { return threshold > UINT32_MAX; }

static void bernoulli_mask(
    struct ckernels_random_stream stream, uint64_t start, uint64_t threshold, uint8_t *mask, size_t count) {
    typedef uint8_t bytes __attribute__((ext_vector_type(WORDS)));
    if (is_certain(threshold)) {
        memset(mask, 1, count);
        return;
    }
    FOR_GROUPS(WORDS, {
        words is_below = (words)(words_from(stream, group * BLOCKS) < (uint32_t)threshold);
        bytes values = __builtin_convertvector(is_below & 1, bytes);
        COPY_PART(values, mask)
    })
}

static void bernoulli_scale(
    struct ckernels_random_stream stream, uint64_t start, uint64_t threshold, float factor, float *x, size_t count) {
    if (is_certain(threshold)) {
        scale_in_place(x, factor, count);
        return;
    }
    FOR_GROUPS(WORDS, {
        words is_kept = (words)(words_from(stream, group * BLOCKS) < (uint32_t)threshold);
        float values[WORDS];
        for (size_t i = 0; i < WORDS; i++) values[i] = 0;
        memcpy(values + offset, x + done, length * sizeof *x);
        for (size_t i = 0; i < WORDS; i++) values[i] = is_kept[i] ? factor * values[i] : 0;
        COPY_PART(values, x)
    })
}
