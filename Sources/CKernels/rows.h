// Normalisations of rows. A row stays in the first-level cache while it is read several times.

ALWAYS_INLINE float combined_lanes(float_lanes partial) {
    float __attribute__((ext_vector_type(16))) sixteen = partial.lo + partial.hi;
    float __attribute__((ext_vector_type(8))) eight = sixteen.lo + sixteen.hi;
    float __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
    float __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
    return two.lo + two.hi;
}

// 32 elements; of the fewer than 32 last ones of a row, those that are left, filled up with a number.
ALWAYS_INLINE float_lanes row_lanes(const float *x, size_t left, float filling) {
    float_lanes values = filling;
    if (left >= CKERNELS_PARTIAL_SUMS)
        memcpy(&values, x, sizeof values);
    else
        memcpy(&values, x, left * sizeof *x);
    return values;
}

ALWAYS_INLINE float sum_of_row(const float *x, size_t count) {
    float_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS)
        partial += row_lanes(x + i, CKERNELS_PARTIAL_SUMS, 0);
    if (i < count) partial += row_lanes(x + i, count - i, 0);
    return combined_lanes(partial);
}

ALWAYS_INLINE float product_of_rows(const float *x, const float *y, size_t count) {
    float_lanes partial = 0;
    size_t i = 0;
    for (; i + CKERNELS_PARTIAL_SUMS <= count; i += CKERNELS_PARTIAL_SUMS)
        partial += row_lanes(x + i, CKERNELS_PARTIAL_SUMS, 0) * row_lanes(y + i, CKERNELS_PARTIAL_SUMS, 0);
    if (i < count) partial += row_lanes(x + i, count - i, 0) * row_lanes(y + i, count - i, 0);
    return combined_lanes(partial);
}

ALWAYS_INLINE float largest_of_row(const float *x, size_t count) {
    float_lanes largest = -__builtin_inff();
    for (size_t i = 0; i < count; i += CKERNELS_PARTIAL_SUMS) {
        float_lanes values = row_lanes(x + i, count - i, -__builtin_inff());
        largest = values > largest ? values : largest;
    }
    float result = -__builtin_inff();
    for (size_t i = 0; i < CKERNELS_PARTIAL_SUMS; i++) result = largest[i] > result ? largest[i] : result;
    return result;
}

// Normalisation to mean 0 and variance 1. //////////////////////////////////////

ALWAYS_INLINE void add_update(const struct ckernels_layer_norm *a, size_t row) {
    const float *restrict x = a->x + row * a->columns, *restrict update = a->update + row * a->columns;
    float *sum = a->sum + row * a->columns;
    const float *restrict bias = a->update_bias;
    if (bias) {
        INDEPENDENT for (size_t i = 0; i < a->columns; i++) sum[i] = x[i] + (update[i] + bias[i]);
    } else {
        INDEPENDENT for (size_t i = 0; i < a->columns; i++) sum[i] = x[i] + update[i];
    }
}

static void layer_norm(const struct ckernels_layer_norm *a) {
    const float *restrict weight = a->weight, *restrict bias = a->bias;
    for (size_t row = 0; row < a->rows; row++) {
        if (a->update) add_update(a, row);
        const float *x = (a->update ? a->sum : a->x) + row * a->columns;
        float *result = a->result + row * a->columns;
        float mean = sum_of_row(x, a->columns) / (float)a->columns;
        INDEPENDENT for (size_t i = 0; i < a->columns; i++) result[i] = x[i] - mean;
        float variance = product_of_rows(result, result, a->columns) / (float)a->columns;
        float inverse_deviation = 1.0f / __builtin_elementwise_sqrt(variance + a->epsilon);
        INDEPENDENT for (size_t i = 0; i < a->columns; i++)
            result[i] = result[i] * inverse_deviation * weight[i] + bias[i];
        if (a->mean) a->mean[row] = mean;
        if (a->inverse_deviation) a->inverse_deviation[row] = inverse_deviation;
    }
}

struct layer_norm_sums {
    // Of gradient · weight, and of that times the normalised x.
    float gradient, product;
};

ALWAYS_INLINE struct layer_norm_sums layer_norm_sums(
    const struct ckernels_layer_norm_gradient *a, size_t row, float mean, float inverse_deviation) {
    const float *x = a->x + row * a->columns, *gradient = a->gradient + row * a->columns;
    float_lanes sum = 0, products = 0;
    for (size_t i = 0; i < a->columns; i += CKERNELS_PARTIAL_SUMS) {
        size_t left = a->columns - i;
        float_lanes weighted = row_lanes(gradient + i, left, 0) * row_lanes(a->weight + i, left, 0);
        float_lanes normalized = (row_lanes(x + i, left, mean) - mean) * inverse_deviation;
        sum += weighted;
        products += weighted * normalized;
    }
    return (struct layer_norm_sums){combined_lanes(sum), combined_lanes(products)};
}

ALWAYS_INLINE void layer_norm_gradient_of_x(
    const struct ckernels_layer_norm_gradient *a, size_t row, float mean, float inverse_deviation) {
    const float *x = a->x + row * a->columns, *gradient = a->gradient + row * a->columns;
    const float *restrict weight = a->weight;
    float *result = a->result + row * a->columns;
    struct layer_norm_sums sums = layer_norm_sums(a, row, mean, inverse_deviation);
    float mean_gradient = sums.gradient / (float)a->columns, mean_product = sums.product / (float)a->columns;
    if (a->accumulates) {
        INDEPENDENT for (size_t i = 0; i < a->columns; i++) {
            float normalized = (x[i] - mean) * inverse_deviation;
            result[i] += inverse_deviation * (gradient[i] * weight[i] - mean_gradient - normalized * mean_product);
        }
    } else {
        INDEPENDENT for (size_t i = 0; i < a->columns; i++) {
            float normalized = (x[i] - mean) * inverse_deviation;
            result[i] = inverse_deviation * (gradient[i] * weight[i] - mean_gradient - normalized * mean_product);
        }
    }
}

static void layer_norm_gradient(const struct ckernels_layer_norm_gradient *a) {
    float *restrict weight_gradient = a->weight_gradient, *restrict bias_gradient = a->bias_gradient;
    for (size_t row = 0; row < a->rows; row++) {
        const float *restrict x = a->x + row * a->columns, *restrict gradient = a->gradient + row * a->columns;
        float mean = a->mean[row], inverse_deviation = a->inverse_deviation[row];
        // First, because the result may take the place of the gradient.
        if (weight_gradient)
            for (size_t i = 0; i < a->columns; i++)
                weight_gradient[i] += gradient[i] * ((x[i] - mean) * inverse_deviation);
        if (bias_gradient)
            for (size_t i = 0; i < a->columns; i++) bias_gradient[i] += gradient[i];
        if (a->result) layer_norm_gradient_of_x(a, row, mean, inverse_deviation);
    }
}

// Softmax. ////////////////////////////////////////////////////////////////////

static void softmax(const struct ckernels_softmax *a) {
    const uint8_t *restrict mask = a->mask;
    for (size_t row = 0; row < a->rows; row++) {
        const float *x = a->x + row * a->columns;
        float *result = a->result + row * a->columns;
        size_t visible = a->visible + row * a->visible_step;
        if (visible > a->columns) visible = a->columns;
        INDEPENDENT for (size_t i = 0; i < visible; i++) result[i] = a->scale * x[i];
        if (mask) {
            INDEPENDENT for (size_t i = 0; i < visible; i++) result[i] = mask[i] ? result[i] : -__builtin_inff();
        }
        float largest = largest_of_row(result, visible);
        // A row that sees nothing has no largest number.
        if (largest == -__builtin_inff()) largest = 0;
        INDEPENDENT for (size_t i = 0; i < visible; i++) result[i] = exponential(result[i] - largest);
        float sum = sum_of_row(result, visible);
        float factor = sum == 0 ? 0 : 1.0f / sum;
        INDEPENDENT for (size_t i = 0; i < visible; i++) result[i] *= factor;
        for (size_t i = visible; i < a->columns; i++) result[i] = 0;
    }
}

static void softmax_gradient(
    const float *y, const float *gradient, float scale, float *result, size_t rows, size_t columns) {
    for (size_t start = 0; start < rows * columns; start += columns) {
        float product = product_of_rows(y + start, gradient + start, columns);
        INDEPENDENT for (size_t i = start; i < start + columns; i++)
            result[i] = scale * (y[i] * (gradient[i] - product));
    }
}

ALWAYS_INLINE float sum_of_exponentials(const float *x, float largest, size_t count) {
    float_lanes partial = 0;
    for (size_t i = 0; i < count; i += CKERNELS_PARTIAL_SUMS) {
        float_lanes values = row_lanes(x + i, count - i, -__builtin_inff());
        float terms[CKERNELS_PARTIAL_SUMS];
        for (size_t lane = 0; lane < CKERNELS_PARTIAL_SUMS; lane++) terms[lane] = exponential(values[lane] - largest);
        partial += row_lanes(terms, CKERNELS_PARTIAL_SUMS, 0);
    }
    return combined_lanes(partial);
}

static void log_softmax(const float *x, float *result, size_t rows, size_t columns) {
    for (size_t start = 0; start < rows * columns; start += columns) {
        float largest = largest_of_row(x + start, columns);
        if (largest == -__builtin_inff()) largest = 0;
        float logarithm = natural_logarithm(sum_of_exponentials(x + start, largest, columns));
        INDEPENDENT for (size_t i = start; i < start + columns; i++) result[i] = x[i] - largest - logarithm;
    }
}

static void log_softmax_gradient(
    const float *y, const float *gradient, float *result, size_t rows, size_t columns) {
    for (size_t start = 0; start < rows * columns; start += columns) {
        float sum = sum_of_row(gradient + start, columns);
        INDEPENDENT for (size_t i = start; i < start + columns; i++)
            result[i] = gradient[i] - exponential(y[i]) * sum;
    }
}
