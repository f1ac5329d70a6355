// Sums in a fixed order: vectors of 32 partial sums, which each instruction set cuts into pieces of its own width.

typedef float float_lanes __attribute__((ext_vector_type(CKERNELS_PARTIAL_SUMS)));
typedef double double_lanes __attribute__((ext_vector_type(CKERNELS_PARTIAL_SUMS)));

ALWAYS_INLINE float_lanes differences(float_lanes x, const void *base, float_lanes base_lanes) {
    return base ? x - base_lanes : x;
}

// The elements from i on: x, or x − base.
ALWAYS_INLINE float_lanes lanes_at(const void *x, const void *base, size_t i) {
    float_lanes values, base_values = 0;
    memcpy(&values, (const stored_float32 *)x + i, sizeof values);
    prefetch((const stored_float32 *)x + i, sizeof values);
    if (base) {
        memcpy(&base_values, (const stored_float32 *)base + i, sizeof base_values);
        prefetch((const stored_float32 *)base + i, sizeof base_values);
    }
    return differences(values, base, base_values);
}

// As above, for the fewer than 32 last elements. Zeros fill up; no partial sum is −0, so they change nothing.
ALWAYS_INLINE float_lanes last_lanes_at(const void *x, const void *base, size_t i, size_t count) {
    float_lanes values = 0, base_values = 0;
    memcpy(&values, (const stored_float32 *)x + i, (count - i) * sizeof(float));
    if (base) memcpy(&base_values, (const stored_float32 *)base + i, (count - i) * sizeof(float));
    return differences(values, base, base_values);
}

ALWAYS_INLINE double_lanes widened(float_lanes values) { return __builtin_convertvector(values, double_lanes); }

// Products of two binary32 are exact in binary64.
ALWAYS_INLINE double_lanes product(float_lanes x, float_lanes y) { return widened(x) * widened(y); }

ALWAYS_INLINE double combined(double_lanes partial) {
    double __attribute__((ext_vector_type(16))) sixteen = partial.lo + partial.hi;
    double __attribute__((ext_vector_type(8))) eight = sixteen.lo + sixteen.hi;
    double __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
    double __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
    return two.lo + two.hi;
}

static double sum(const void *x, size_t count) {
    double_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS) partial += widened(lanes_at(x, NULL, i));
    if (i < count) partial += widened(last_lanes_at(x, NULL, i, count));
    return combined(partial);
}

ALWAYS_INLINE double absolute_sum_loop(const void *base, const void *x, size_t count) {
    double_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS)
        partial += widened(__builtin_elementwise_abs(lanes_at(x, base, i)));
    if (i < count) partial += widened(__builtin_elementwise_abs(last_lanes_at(x, base, i, count)));
    return combined(partial);
}

static double absolute_sum(const void *x, const void *base, size_t count) {
    return FOR_BASE(base, absolute_sum_loop, x, count);
}

ALWAYS_INLINE double squared_norm_loop(const void *base, const void *x, size_t count) {
    double_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS) {
        float_lanes values = lanes_at(x, base, i);
        partial += product(values, values);
    }
    if (i < count) {
        float_lanes values = last_lanes_at(x, base, i, count);
        partial += product(values, values);
    }
    return combined(partial);
}

static double squared_norm(const void *x, const void *base, size_t count) {
    return FOR_BASE(base, squared_norm_loop, x, count);
}

ALWAYS_INLINE double dot_product_loop(const void *base, const void *x, const void *y, size_t count) {
    double_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS)
        partial += product(lanes_at(x, base, i), lanes_at(y, base, i));
    if (i < count) partial += product(last_lanes_at(x, base, i, count), last_lanes_at(y, base, i, count));
    return combined(partial);
}

static double dot_product(const void *x, const void *y, const void *base, size_t count) {
    return FOR_BASE(base, dot_product_loop, x, y, count);
}

static double product_with_difference(const void *x, const void *y, const void *base, size_t count) {
    double_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS)
        partial += product(lanes_at(x, NULL, i), lanes_at(y, base, i));
    if (i < count) partial += product(last_lanes_at(x, NULL, i, count), last_lanes_at(y, base, i, count));
    return combined(partial);
}

struct partial_products {
    double_lanes first_second, first_first, second_second;
};

ALWAYS_INLINE void add_products(struct partial_products *partial, float_lanes x, float_lanes y) {
    partial->first_second += product(x, y);
    partial->first_first += product(x, x);
    partial->second_second += product(y, y);
}

ALWAYS_INLINE struct ckernels_products products_loop(
    const void *base, const void *x, const void *y, size_t count) {
    struct partial_products partial = {0, 0, 0};
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS)
        add_products(&partial, lanes_at(x, base, i), lanes_at(y, base, i));
    if (i < count) add_products(&partial, last_lanes_at(x, base, i, count), last_lanes_at(y, base, i, count));
    return (struct ckernels_products){
        combined(partial.first_second), combined(partial.first_first), combined(partial.second_second)};
}

static struct ckernels_products products(const void *x, const void *y, const void *base, size_t count) {
    return FOR_BASE(base, products_loop, x, y, count);
}
