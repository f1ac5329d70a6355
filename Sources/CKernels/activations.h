// Functions over many elements, and what is added on the way.

// Buffers are the same or do not overlap, so that elements do not depend on each other.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

ALWAYS_INLINE void apply_loop(enum ckernels_function f, const float *x, float *result, size_t count) {
    INDEPENDENT for (size_t i = 0; i < count; i++) result[i] = value_of(f, x[i]);
}

static void apply(enum ckernels_function f, const float *x, float *result, size_t count) {
    FOR_FUNCTION(f, apply_loop, x, result, count)
}

ALWAYS_INLINE void apply_gradient_loop(
    enum ckernels_function f, const float *x, const float *gradient, float *result, size_t count) {
    INDEPENDENT for (size_t i = 0; i < count; i++) result[i] = gradient[i] * derivative_of(f, x[i]);
}

static void apply_gradient(
    enum ckernels_function f, const float *x, const float *gradient, float *result, size_t count) {
    FOR_FUNCTION(f, apply_gradient_loop, x, gradient, result, count)
}

ALWAYS_INLINE float combined_value(enum ckernels_operation operation, float a, float b) {
    switch (operation) {
    case CKERNELS_ADD: return a + b;
    case CKERNELS_SUBTRACT: return a - b;
    case CKERNELS_MULTIPLY: return a * b;
    case CKERNELS_DIVIDE: return a / b;
    }
    __builtin_unreachable();
}

ALWAYS_INLINE void combine_loop(
    enum ckernels_operation operation, const float *a, size_t a_step, const float *b, size_t b_step, float *result,
    size_t count) {
    if (a_step && b_step) {
        INDEPENDENT for (size_t i = 0; i < count; i++) result[i] = combined_value(operation, a[i], b[i]);
    } else if (a_step) {
        const float constant = *b;
        INDEPENDENT for (size_t i = 0; i < count; i++) result[i] = combined_value(operation, a[i], constant);
    } else {
        const float constant = *a;
        INDEPENDENT for (size_t i = 0; i < count; i++) result[i] = combined_value(operation, constant, b[i * b_step]);
    }
}

static void combine(
    enum ckernels_operation operation, const float *a, size_t a_step, const float *b, size_t b_step, float *result,
    size_t count) {
    switch (operation) {
    case CKERNELS_ADD: combine_loop(CKERNELS_ADD, a, a_step, b, b_step, result, count); break;
    case CKERNELS_SUBTRACT: combine_loop(CKERNELS_SUBTRACT, a, a_step, b, b_step, result, count); break;
    case CKERNELS_MULTIPLY: combine_loop(CKERNELS_MULTIPLY, a, a_step, b, b_step, result, count); break;
    case CKERNELS_DIVIDE: combine_loop(CKERNELS_DIVIDE, a, a_step, b, b_step, result, count); break;
    }
}

ALWAYS_INLINE void add_bias_and_apply_loop(
    enum ckernels_function f, const float *x, size_t x_stride, const float *bias, float *before, float *result,
    size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++, x += x_stride) {
        size_t start = row * columns;
        if (before) {
            INDEPENDENT for (size_t i = 0; i < columns; i++) {
                float sum = x[i] + bias[i];
                before[start + i] = sum;
                result[start + i] = value_of(f, sum);
            }
        } else {
            INDEPENDENT for (size_t i = 0; i < columns; i++)
                result[start + i] = value_of(f, x[i] + bias[i]);
        }
    }
}

static void add_bias_and_apply(
    enum ckernels_function f, const float *x, size_t x_stride, const float *bias, float *before, float *result,
    size_t rows, size_t columns) {
    FOR_FUNCTION(f, add_bias_and_apply_loop, x, x_stride, bias, before, result, rows, columns)
}

ALWAYS_INLINE void apply_gradient_and_sum_loop(
    enum ckernels_function f, const float *x, const float *gradient, float *result, float *sums, size_t rows,
    size_t columns) {
    for (size_t row = 0; row < rows; row++) {
        size_t start = row * columns;
        INDEPENDENT for (size_t i = 0; i < columns; i++) {
            float value = gradient[start + i] * derivative_of(f, x[start + i]);
            result[start + i] = value;
            sums[i] += value;
        }
    }
}

static void apply_gradient_and_sum(
    enum ckernels_function f, const float *x, const float *gradient, float *result, float *sums, size_t rows,
    size_t columns) {
    FOR_FUNCTION(f, apply_gradient_and_sum_loop, x, gradient, result, sums, rows, columns)
}

static void sum_columns(const float *restrict x, float *restrict sums, size_t rows, size_t columns) {
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) sums[i] += x[row * columns + i];
}
